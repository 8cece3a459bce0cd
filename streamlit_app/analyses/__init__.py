"""The page of analyses: choosing an analysis and its parameters, and its answer as sentence, chart and table."""
