"""What categories, buildings, stages, teams and roles share: finding one by its slug, and the errors of changes."""
