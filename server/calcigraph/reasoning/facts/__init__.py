"""Numbers of terms in; the facts of each predicate and class as sorted columns out."""
