"""The replica as a file for whoever wants to go on elsewhere."""
