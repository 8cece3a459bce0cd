"""What surrounds and connects the pages: menu, errors, dialogs, pager, and redrawing on live updates."""
