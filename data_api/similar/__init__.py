"""Reports of the same problem: finding them without showing their words, and confirming one instead of repeating it."""
