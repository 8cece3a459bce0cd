"""Slugs for things that people name."""

import re
import unicodedata


def slug_from(name: str) -> str:
    """Lower-case ASCII words joined by hyphens; empty when the name has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
