"""What can be done to policies: one deed a function."""

from policies.actions import catalogue

__all__ = ["catalogue"]
