"""All tags, for the people who keep them."""
