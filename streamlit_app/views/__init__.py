"""Saved views of the queue: what there is, the links in the sidebar, and saving them."""
