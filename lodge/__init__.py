"""The launcher: starts, watches, fills and checks one installation of Lodge, called a desk."""
