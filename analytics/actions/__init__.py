"""The deeds of the top floor."""

from analytics.actions import batches, reports

__all__ = ["batches", "reports"]
