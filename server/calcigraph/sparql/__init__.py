"""SPARQL text in, one lossless tree of it out; the passes over the tree stand in the rooms that need them.

The room knows the language alone: no data, no engine, no process.
"""
