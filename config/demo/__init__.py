"""The demo organizations: who is in them, what they did, and how both get into an installation."""
