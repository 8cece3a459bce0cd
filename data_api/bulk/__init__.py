"""One change of many tickets at once: its preview, its steps, and how far it has come."""
