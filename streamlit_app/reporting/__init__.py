"""Reporting a problem: the form, the suggestions while somebody writes, and confirming what others have reported."""
