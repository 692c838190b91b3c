"""The files of a new root in, questions that they answer and the answers out, so that there is something to
begin with and a check has something to compare."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SKOS

_KINDS: Final = (
    *("owl:Class", "rdfs:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdf:Property"),
    *("owl:AnnotationProperty", "rdfs:Datatype", "owl:NamedIndividual", "skos:Concept", "skos:ConceptScheme"),
)
_PROLOGUE: Final = "".join(
    f"PREFIX {name}: <{namespace.iri}>\n"
    for name, namespace in (("owl", OWL), ("rdf", RDF), ("rdfs", RDFS), ("skos", SKOS))
)
_TERMS: Final = """\
#+ question: What kinds of terms are there, and how many of each?
#+ note: Counts what these files declare with an IRI, each term once; nothing is inferred.
{prologue}
SELECT ?kind (COUNT(DISTINCT ?term) AS ?terms)
WHERE {{
  VALUES ?graph {{ {graphs} }}
  VALUES ?kind {{ {kinds} }}
  GRAPH ?graph {{ ?term a ?kind FILTER (isIRI(?term)) }}
}}
GROUP BY ?kind
ORDER BY ?kind
"""
_INSTANCES: Final = """\
#+ question: Of which classes are there instances, and how many?
#+ note: Counts what these files say of what has an IRI; nothing is inferred.

SELECT ?class (COUNT(DISTINCT ?instance) AS ?instances)
WHERE {{
  VALUES ?graph {{ {graphs} }}
  GRAPH ?graph {{ ?instance a ?class FILTER (isIRI(?instance) && isIRI(?class)) }}
  FILTER (!REGEX(STR(?class), "^http://www[.]w3[.]org/(2002/07/owl|2000/01/rdf-schema|1999/02/22-rdf-syntax-ns)#"))
}}
GROUP BY ?class
ORDER BY ?class
"""


@dataclass(frozen=True)
class FirstQuestion:
    """A question: its slug, its text and its whole answer as SPARQL 1.1 CSV."""

    slug: str
    text: str
    answer: bytes


def first_questions(quads: Iterable[ox.Quad], graphs: Iterable[ox.NamedNode]) -> Iterator[FirstQuestion]:
    """Those of two questions that have an answer: which kinds of terms there are, and of which classes there
    are instances in some graphs. `quads` is all that the root says, each statement in its graph.

    Cost: two scans of the data.
    """
    store = ox.Store()
    store.extend(quads)
    named = " ".join(f"<{graph.value}>" for graph in graphs)
    texts = {
        "how-many-terms-of-each-kind": _TERMS.format(
            prologue=_PROLOGUE, graphs=named, kinds=" ".join(_KINDS)
        ),
        "how-many-instances-of-each-class": _INSTANCES.format(graphs=named),
    }
    for slug, text in texts.items():
        answer = _asked(store, text)
        if answer.count(b"\n") > 1:
            yield FirstQuestion(slug, text, answer)


def _asked(store: ox.Store, text: str) -> bytes:
    solutions = store.query(text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    out = io.BytesIO()
    solutions.serialize(out, format=ox.QueryResultsFormat.CSV)
    return out.getvalue()
