"""The catalogue and its answers."""
