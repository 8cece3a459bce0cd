"""Buildings of the campus."""
