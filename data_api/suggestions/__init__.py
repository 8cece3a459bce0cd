"""What the form suggests while a report is written: a category, and similar reports."""
