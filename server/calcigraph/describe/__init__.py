"""An edition and an IRI in, one `Description` out; RDF and HTML are both renderings of that value."""

from calcigraph.describe.comparison import Amount, Comparison, Facet, FacetValue
from calcigraph.describe.describer import Describer
from calcigraph.describe.details import Detail, Details, Told
from calcigraph.describe.uses import Example, TermUses, Use
from calcigraph.describe.values import (
    Description,
    Fact,
    Incoming,
    ShownGroup,
    ShownProperty,
    ShownValue,
    Standing,
)

__all__ = [
    "Amount",
    "Comparison",
    "Describer",
    "Description",
    "Detail",
    "Details",
    "Example",
    "Facet",
    "FacetValue",
    "Fact",
    "Incoming",
    "ShownGroup",
    "ShownProperty",
    "ShownValue",
    "Standing",
    "TermUses",
    "Told",
    "Use",
]
