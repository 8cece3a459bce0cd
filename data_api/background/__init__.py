"""What runs by itself beside the requests: learning from new examples, and deleting rows that nobody needs any more."""
