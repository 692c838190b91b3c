"""A closure and changed base facts in; the closure of the changed facts out, and what that changed."""
