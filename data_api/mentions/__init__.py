"""The people whom messages mention: who can be mentioned, and what each of them still has to look at."""
