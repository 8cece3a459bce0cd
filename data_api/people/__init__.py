"""People, as staff look them up and add them."""
