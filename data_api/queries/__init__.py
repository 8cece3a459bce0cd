"""What somebody keeps of the SQL lab: saved queries, and the history of what they ran."""
