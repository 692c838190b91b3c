"""The root's CONSTRUCT rules in; the triples that they build out, each with its premises."""
