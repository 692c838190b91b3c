"""RDF terms in; their numbers, their statements and the values of their literals out."""
