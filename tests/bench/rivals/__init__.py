"""What others would have built, as well as they would: real packages, used as their manuals say."""
