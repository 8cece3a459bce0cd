"""The figures of the start page for helpdesk staff: how many tickets, who must act next, and what happened last."""
