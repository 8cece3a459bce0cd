"""What categories, buildings and stages have in common: finding an entry by its slug, and the errors of changing
one."""
