"""From a report's text to a vector of numbers: the encoder, and the example texts that Lodge brings."""
