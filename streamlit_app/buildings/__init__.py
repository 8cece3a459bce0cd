"""The list of buildings, for administrators."""
