"""The parts of the pages that run in the browser: each is a .js and a .css file, and Python that sends them data."""
