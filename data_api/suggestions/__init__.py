"""What the words of a report suggest while they are written."""
