"""What the pages of policies show."""
