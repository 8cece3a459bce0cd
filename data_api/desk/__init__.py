"""The desk itself: its name, its hours and its health. Open to everybody."""
