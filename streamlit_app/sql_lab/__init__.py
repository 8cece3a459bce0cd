"""The building blocks of the SQL lab: statements that run, their results, charts, tables and examples."""
