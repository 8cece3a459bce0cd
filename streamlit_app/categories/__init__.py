"""The page of categories: the list of them, their examples, how often predictions were right, and versions."""
