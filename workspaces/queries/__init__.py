"""What pages of this app show: frozen rows for a fixed number of SQL queries."""
