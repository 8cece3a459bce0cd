"""What the overview is built from: the counts, short lists of tickets, and who has how much to do."""
