"""The list of buildings, for those who look after it."""
