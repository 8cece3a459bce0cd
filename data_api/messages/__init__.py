"""The talk under a ticket."""
