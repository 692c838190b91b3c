"""Base facts in, inferred facts out: whoever closes them answers the same calls."""
