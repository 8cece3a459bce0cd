"""`lodge recategorise`: the categories of tickets that are there already, from their words."""

from lodge.recategorising.recategorising import recategorise
from lodge.recategorising.repository import Which

__all__ = ["Which", "recategorise"]
