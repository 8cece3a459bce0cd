"""The figures of the desk's start page for staff: how many tickets, who must act next, and what happened last."""
