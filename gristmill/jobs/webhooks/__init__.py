"""Webhooks: messages to other programs about the end of a run, sent at least once (platform 5)."""
