"""Base facts and compiled rules in; all that follows from them out."""
