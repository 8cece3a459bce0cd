"""The board: the tickets of each stage."""
