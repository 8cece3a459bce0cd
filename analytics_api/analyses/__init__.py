"""The catalogue of analyses, and their answers."""
