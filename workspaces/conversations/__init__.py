"""Talking: messages, files, answers and what of it is shown outside. Not governing, so it leaves no audit entry."""
