"""Predicting a ticket's category from its text: the examples, the model trained on them, how often it is right."""
