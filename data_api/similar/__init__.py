"""Open reports of the same problem: found without showing their text, and confirmed ("me too") instead of repeated."""
