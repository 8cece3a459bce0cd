"""The SQL lab: statements that people type, their queue and their answers."""
