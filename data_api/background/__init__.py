"""Tasks that run beside the requests: learning from new examples, and deleting rows that are no longer needed."""
