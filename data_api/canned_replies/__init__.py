"""Canned replies: keeping them, and offering those that fit a ticket, filled in, beside answers to similar tickets."""
