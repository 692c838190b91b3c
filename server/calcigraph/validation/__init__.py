"""Data and shapes in, a SHACL validation report out."""

from calcigraph.validation.paths import Paths
from calcigraph.validation.queries import ShapesUnreadable
from calcigraph.validation.report import Report, Result
from calcigraph.validation.validate import validate

__all__ = ["Paths", "Report", "Result", "ShapesUnreadable", "validate"]
