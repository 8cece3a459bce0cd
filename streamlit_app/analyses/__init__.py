"""The page of analyses: choosing one with its parameters, and its answer as a sentence, chart and table."""
