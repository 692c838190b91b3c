"""What each address takes and sends, as a table: the part of the interface that the routes do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from calcigraph.rdf.formats import GRAPHS, RESULTS
from calcigraph.trees import KINDS

JsonSchema = Mapping[str, Any]
TEXT: Final[JsonSchema] = MappingProxyType({"type": "string"})
HTML: Final = ("text/html",)
JSON: Final = ("application/json",)
GRAPH: Final = tuple(form.media_type for form in GRAPHS)
RESULT: Final = tuple(form.media_type for form in RESULTS)
_TSV: Final = ("text/tab-separated-values",)
_PLAIN: Final = ("text/plain",)
_PROOF: Final = "application/vnd.calcigraph.proof+json"
_TERM: Final[JsonSchema] = {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Parameter:
    """What may stand behind the `?` of an address."""

    name: str
    description: str
    schema: JsonSchema = field(default_factory=lambda: TEXT)
    required: bool = False


@dataclass(frozen=True)
class RouteFacts:
    """What an address sends where all is well: media types, or another address; and what it takes.

    `negotiates` where `Accept` and `format=` choose among the media types.
    """

    sends: tuple[str, ...] = ()
    takes: tuple[Parameter, ...] = ()
    redirects: bool = False
    negotiates: bool = False


_QUERY: Final = (
    Parameter("query", "The SPARQL 1.1 query; without it the service is described."),
    Parameter(
        "default-graph-uri",
        "A graph of the default graph; may be repeated.",
        {"type": "string", "format": "iri"},
    ),
    Parameter("named-graph-uri", "A named graph; may be repeated.", {"type": "string", "format": "iri"}),
    Parameter(
        "inference",
        "Whether what is derived and inferred is seen.",
        {"type": "string", "enum": ["on", "off"]},
    ),
    Parameter(
        "explain",
        "`empty` for why the answer has nothing, in place of the answer.",
        {"type": "string", "enum": ["empty"]},
    ),
    Parameter("timeout", "Seconds, at most the server's; 0 for that.", {"type": "number", "minimum": 0}),
)
_EXPLAIN: Final = (
    Parameter(
        "subject", "A prefixed name, an IRI, or a blank node as an answer names it (`_:name`).", _TERM, True
    ),
    Parameter("predicate", "A prefixed name or an IRI.", _TERM, True),
    Parameter("object", "A literal as in Turtle or as an answer has it, or as `subject`.", _TERM, True),
    Parameter("all", "`1` for every derivation.", {"type": "string", "enum": ["0", "1"]}),
)
_GRAPH_NAME: Final = (
    Parameter("graph", "The graph's IRI; either this or `default`.", {"type": "string", "format": "iri"}),
    Parameter("default", "The default graph; takes no value."),
)
_INCOMING: Final = (
    Parameter("incoming", "Where the page of incoming links begins.", {"type": "integer", "minimum": 0}),
)

_DESCRIBED: Final = (
    Parameter("iri", "The IRI of what is described, or its prefixed name.", _TERM, True),
    *_INCOMING,
)

_TREE: Final = (
    Parameter(
        "kind",
        "Which tree; without it, JSON has the trees that there are, and a browser goes to their page.",
        {"type": "string", "enum": [*KINDS]},
    ),
    Parameter(
        "term", "The prefixed name or IRI of what the terms are below; without it, those on top.", _TERM
    ),
    Parameter("from", "Where the portion of them begins.", {"type": "integer", "minimum": 0}),
)

# By the endpoint of the route; routes that are not here are for the pages alone.
INTERFACE: Final[Mapping[str, RouteFacts]] = {
    "sparql.sparql": RouteFacts((*RESULT, *GRAPH, *JSON, *_PLAIN, *HTML), _QUERY, negotiates=True),
    "questions.questions": RouteFacts((*JSON, *GRAPH, *HTML), negotiates=True),
    "questions.questions_document": RouteFacts((*JSON, *GRAPH, *HTML)),
    "questions.question": RouteFacts((*JSON, *GRAPH, *RESULT, *HTML), negotiates=True),
    "questions.question_resource": RouteFacts(redirects=True),
    "explanations.explanation": RouteFacts(
        (*JSON, *GRAPH, *_PLAIN, _PROOF, *HTML), _EXPLAIN, negotiates=True
    ),
    "explanations.checker": RouteFacts(("text/x-python",)),
    "search.search": RouteFacts(
        (*JSON, *HTML),
        (Parameter("q", "A label, synonym, identifier, prefixed name or IRI."),),
        negotiates=True,
    ),
    "trees.tree": RouteFacts((*JSON, *HTML), _TREE, redirects=True, negotiates=True),
    "resources.resource": RouteFacts((*GRAPH, *HTML), _INCOMING, redirects=True, negotiates=True),
    "resources.named": RouteFacts((*GRAPH, *HTML), _INCOMING, redirects=True, negotiates=True),
    "describe.described": RouteFacts(takes=_DESCRIBED, redirects=True, negotiates=True),
    "describe.described_document": RouteFacts((*GRAPH, *HTML), _DESCRIBED),
    "resources.ontology_resource": RouteFacts(redirects=True, negotiates=True),
    "resources.ontology_document": RouteFacts((*GRAPH, *HTML)),
    "vocabulary.vocabulary": RouteFacts(redirects=True, negotiates=True),
    "vocabulary.document": RouteFacts((*GRAPH, *HTML)),
    "graphs.graph": RouteFacts(GRAPH, _GRAPH_NAME, negotiates=True),
    "graphs.direct": RouteFacts(GRAPH, negotiates=True),
    "discovery.void": RouteFacts(GRAPH, negotiates=True),
    "discovery.catalog": RouteFacts(GRAPH, negotiates=True),
    "discovery.void_document": RouteFacts(GRAPH),
    "discovery.catalog_document": RouteFacts(GRAPH),
    "discovery.context": RouteFacts(("application/ld+json",)),
    "downloads.nquads": RouteFacts(("application/gzip",)),
    "downloads.turtle": RouteFacts(("application/gzip",)),
    "mappings.mappings": RouteFacts(_TSV),
    "mappings.document": RouteFacts(_TSV),
    "conformance.report": RouteFacts((*JSON, *GRAPH, *HTML), negotiates=True),
    "conformance.document": RouteFacts((*JSON, *GRAPH, *HTML)),
    "home.home": RouteFacts(HTML),
    "openapi.openapi": RouteFacts(JSON),
    "openapi.page": RouteFacts(HTML),
    "crawlers.robots": RouteFacts(_PLAIN),
    "crawlers.llms": RouteFacts(_PLAIN),
    "crawlers.sitemap": RouteFacts(("application/xml",)),
    "crawlers.sitemap_part": RouteFacts(("application/xml",)),
    "w3id.rules": RouteFacts(_PLAIN),
    "operations.health": RouteFacts(JSON),
    "operations.readiness": RouteFacts(JSON),
    "operations.version": RouteFacts(JSON),
    "operations.metrics": RouteFacts((*_PLAIN, "application/openmetrics-text")),
}
