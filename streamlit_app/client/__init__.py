"""HTTP clients of the two services: typed requests and responses, shared answers, and errors."""
