"""Turns a report's text into a vector of numbers: the encoder, and the example texts that come with Lodge."""
