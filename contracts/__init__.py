"""The words both sides of the wire share: what is sent, what comes back, what an error looks like."""
