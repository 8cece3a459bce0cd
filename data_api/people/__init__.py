"""People, as staff look them up."""
