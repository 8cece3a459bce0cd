"""`lodge recategorise`: predicts the categories of existing tickets again, from their texts."""

from lodge.recategorising.recategorising import recategorise
from lodge.recategorising.repository import Which

__all__ = ["Which", "recategorise"]
