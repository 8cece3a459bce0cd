"""The name, the opening hours and the health of this installation. Open to everybody."""
