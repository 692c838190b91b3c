"""Groups in groups over HTTP, as they are written and rewritten by hand."""
