"""The text of a CONSTRUCT rule in; what it reads, what it writes and what divides its solutions, out."""
