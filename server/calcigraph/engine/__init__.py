"""N-Quads and SPARQL text in, results out: the modules that evaluate queries, without HTTP or processes."""
