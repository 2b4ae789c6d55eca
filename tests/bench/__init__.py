"""What Steward promises to be fast at, measured against real rivals: `make bench` (performance.md)."""
