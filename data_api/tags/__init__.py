"""All tags that there are, and their changes in all tickets at once."""
