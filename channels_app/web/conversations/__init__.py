"""Conversations: the inbox across channels, what passed in each of them, and a person's part in it."""
