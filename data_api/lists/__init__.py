"""The short lists: categories, buildings and stages."""
