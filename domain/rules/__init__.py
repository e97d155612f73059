"""What a chat wants to be sent, and the decision about it. Pure."""
