"""Pages of this app: request in, one call, page out."""
