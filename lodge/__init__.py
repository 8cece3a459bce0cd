"""The launcher: starts, watches, fills and checks a desk."""
