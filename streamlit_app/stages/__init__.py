"""The page of stages."""
