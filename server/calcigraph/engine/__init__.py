"""N-Quads and SPARQL text in, results out: the rooms that evaluate queries, without HTTP or processes."""
