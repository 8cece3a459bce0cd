"""What categories, buildings and stages have in common: finding one by its slug, and why one cannot be changed."""
