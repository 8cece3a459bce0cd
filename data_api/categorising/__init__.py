"""Which category a text belongs to, and learning it from every correction."""
