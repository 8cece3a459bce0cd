"""Reporting a problem: the form, what its words suggest, and confirming what others reported."""
