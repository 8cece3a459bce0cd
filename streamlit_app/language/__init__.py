"""How texts, times and the helpdesk's terms are written on the screen."""
