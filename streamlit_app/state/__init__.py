"""What is remembered between two drawings of a page: who is in front of it, last answers, lists, and where one is."""
