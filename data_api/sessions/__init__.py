"""Signing in and out, who I am, and how many of my tickets have something unread."""
