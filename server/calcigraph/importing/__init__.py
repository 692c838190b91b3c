"""RDF files in, files of a root out: `calcigraph import` and `calcigraph new root`.

A process of its own does the work (`work`); it is asked with one of two values (`Import`, `NewRoot`).
"""
