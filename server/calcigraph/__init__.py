"""A knowledge graph server that gives its reasons: a root directory in, answers with proofs out."""

from importlib.metadata import version

__version__ = version("calcigraph")
