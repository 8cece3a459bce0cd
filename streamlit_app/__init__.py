"""The building blocks of the pages in `pages/`. Everything they show comes from the two services."""
