"""HTTP in, bytes out: one noun a module, no query algebra and no closure in any of them."""
