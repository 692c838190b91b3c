"""An edition and an IRI in, one `Description` out; RDF and HTML are both renderings of that value."""

from calcigraph.describe.bounded_description import (
    MOST_SHOWN,
    BoundedDescriptions,
    DescriptionTooLong,
)
from calcigraph.describe.comparison import Amount, Comparison, Facet, FacetValue
from calcigraph.describe.describer import PAGE_SIZE, Describer
from calcigraph.describe.details import Detail, Details, Told
from calcigraph.describe.resource_facts import resource_facts
from calcigraph.describe.uses import Example, TermUses, Use
from calcigraph.describe.values import (
    Description,
    Fact,
    Incoming,
    ShownGroup,
    ShownProperty,
    ShownValue,
    Standing,
    quads_of,
)

__all__ = [
    "MOST_SHOWN",
    "PAGE_SIZE",
    "Amount",
    "BoundedDescriptions",
    "Comparison",
    "Describer",
    "Description",
    "DescriptionTooLong",
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
    "quads_of",
    "resource_facts",
]
