"""What categories, buildings and stages share: finding an entry by its slug, and the errors of changing one."""
