"""Who may read a confidential ticket, and how staff add followers, who may read it too."""
