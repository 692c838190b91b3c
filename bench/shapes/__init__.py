"""Shapes of SHACL Core, judged by both engines over the same data."""
