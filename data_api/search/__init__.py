"""The search through titles, texts, messages, names, tags and numbers."""
