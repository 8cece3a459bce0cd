"""Roles: what people are permitted to do."""
