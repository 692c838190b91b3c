"""A triple of the closure in; proofs of it out, and a second opinion on each of their steps."""
