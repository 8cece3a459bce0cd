"""Canned replies, for the people who keep them."""
