"""The page of people, for those who manage them."""
