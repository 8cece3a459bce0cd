"""`lodge import`: reads tickets and event logs of other helpdesks, as a mapping file describes them."""

from lodge.importing.importing import import_file
from lodge.importing.refusals import ImportRefused

__all__ = ["ImportRefused", "import_file"]
