"""Stages that a ticket goes through: the board's columns."""
