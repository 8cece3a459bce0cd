"""The page of automatic assignment: the rules that say which team gets a new ticket, and trying them."""
