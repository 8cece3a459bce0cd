"""`lodge import`: reads tickets and event logs of other helpdesks, as a mapping file describes, and undoes imports."""

from lodge.importing.importing import import_file
from lodge.importing.refusals import ImportRefused
from lodge.importing.undoing import list_imports, undo_import

__all__ = ["ImportRefused", "import_file", "list_imports", "undo_import"]
