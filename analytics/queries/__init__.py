"""What pages and answers show of usage: frozen rows, read from totals alone, for a fixed number of SQL queries."""
