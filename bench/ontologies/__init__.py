"""Real ontologies closed and classified: what it takes, and what each engine finds."""
