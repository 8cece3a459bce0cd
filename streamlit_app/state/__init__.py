"""What is remembered between two drawings of a page: the person, last answers, lists, and the current page."""
