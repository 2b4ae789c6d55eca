"""Policies: what the organization allows its platform."""
