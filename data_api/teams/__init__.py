"""Teams of people."""
