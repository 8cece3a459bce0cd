"""Asking the two services over HTTP: typed calls and answers, shared answers, and what can go wrong."""
