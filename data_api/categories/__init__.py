"""Categories of tickets, and the example texts that each is known by."""
