"""Work on policies that outlives a request."""
