"""Signing in through the campus's identity provider (OpenID Connect)."""
