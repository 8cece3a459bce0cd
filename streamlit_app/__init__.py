"""What the pages in `pages/` are built from. Everything they show comes from the two services."""
