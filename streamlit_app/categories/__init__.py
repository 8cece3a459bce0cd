"""The page of categories: their list, their examples, how often predictions were right, and the model versions."""
