"""People, for administrators."""
