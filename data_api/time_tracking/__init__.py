"""Time that staff work on tickets: timers, entries, and the log of their corrections."""
