"""The page on which somebody sees who they are here, and looks after what lets them in."""
