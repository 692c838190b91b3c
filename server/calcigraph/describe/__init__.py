"""A dataset and an IRI in, one `Description` out; RDF and HTML are both renderings of that value."""

from calcigraph.describe.describer import Describer
from calcigraph.describe.details import Detail, Details, Told
from calcigraph.describe.labels import Labels
from calcigraph.describe.names import Match, Names
from calcigraph.describe.values import (
    Description,
    Fact,
    Group,
    Incoming,
    Node,
    Slot,
    Standing,
    Term,
    Value,
)

__all__ = [
    "Describer",
    "Description",
    "Detail",
    "Details",
    "Fact",
    "Group",
    "Incoming",
    "Labels",
    "Match",
    "Names",
    "Node",
    "Slot",
    "Standing",
    "Term",
    "Told",
    "Value",
]
