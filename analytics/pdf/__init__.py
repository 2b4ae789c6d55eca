"""A report as a PDF (docs/decisions/0016-pdf.md): drawn from what its page shows, without a query."""

from analytics.pdf.report import draw

__all__ = ["draw"]
