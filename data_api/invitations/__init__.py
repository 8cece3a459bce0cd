"""Links with which somebody chooses a username and a password, or a new password."""
