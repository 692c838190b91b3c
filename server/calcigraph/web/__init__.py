"""HTTP in, bytes out: one noun a module; none evaluates queries or infers anything."""
