"""The parts that run in the browser: each is a .js and a .css file, and the Python that hands them their data."""
