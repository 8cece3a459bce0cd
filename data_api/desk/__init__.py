"""What anyone may know: the desk's name and hours, and its health."""
