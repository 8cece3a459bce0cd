"""`lodge import`: tickets and event logs of other desks, as a mapping describes them."""

from lodge.importing.importing import import_file
from lodge.importing.refusals import ImportRefused

__all__ = ["ImportRefused", "import_file"]
