"""Usernames and passwords: how they are kept, checked and changed."""
