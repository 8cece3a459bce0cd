"""How texts, times and the desk's terms are written on the screen."""
