"""What the pages of policies take in."""
