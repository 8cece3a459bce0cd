"""Categories of tickets, and the example texts of each category."""
