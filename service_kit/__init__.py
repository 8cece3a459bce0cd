"""What both services share: settings, error handling, request ids, logging, limits."""
