"""Decisions for machines: what chat platforms ask by OpenID AuthZEN 1.0, and what the engine answers."""
