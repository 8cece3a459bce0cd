"""Decides from its content which kind a file is. Runs in a confined process (`process.py`) and so imports little."""
