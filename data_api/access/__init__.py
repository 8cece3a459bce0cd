"""Who is asking, what they may do and how often: bearer tokens, permissions, rate limits, and POSTs sent twice."""
