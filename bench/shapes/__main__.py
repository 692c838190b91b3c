"""`python -m bench.shapes [NODES]`: some nodes and their shapes in, how long each engine takes out.

Writes bench/shapes/report.md. Times are those of the processor, reading of the triples by each engine and
making of results among them, so that other work on the machine weighs little.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from rdflib.namespace import SH

from calcigraph.rdf.vocabulary import RDF, XSD
from calcigraph.validation import sparql_engine, validate
from calcigraph.validation.judges import for_sparql_engine
from calcigraph.validation.places import nowhere
from calcigraph.validation.shapes_graph import ShapesGraph

REPORT = Path(__file__).with_name("report.md")
SPACE = "http://example.org/"
SHAPES = f"""@prefix : <{SPACE}> . @prefix sh: <{SH}> . @prefix xsd: <{XSD.iri}> .
:Part a sh:NodeShape ; sh:targetClass :Part ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path :name ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:maxLength 60 ] ,
    [ sh:path :weight ; sh:minCount 1 ; sh:datatype xsd:integer ; sh:minInclusive 1 ] ,
    [ sh:path :partOf ; sh:maxCount 1 ; sh:class :Part ;
      sh:node [ sh:property [ sh:path :name ; sh:minCount 1 ] ] ] ,
    [ sh:path ( :partOf :weight ) ; sh:or ( [ sh:minInclusive 5 ] [ sh:datatype xsd:integer ] ) ] ,
    [ sh:path :code ; sh:pattern "^[A-Z][0-9]+$" ; sh:nodeKind sh:Literal ] .
"""


def term(name: str) -> ox.NamedNode:
    return ox.NamedNode(SPACE + name)


def data(nodes: int) -> Iterator[ox.Triple]:
    """Five triples a node; every hundredth node breaks a shape."""
    for number in range(nodes):
        node = term(f"part{number}")
        yield ox.Triple(node, RDF["type"], term("Part"))
        yield ox.Triple(node, term("name"), ox.Literal(f"Part {number}"))
        yield ox.Triple(node, term("weight"), ox.Literal(number % 100))
        yield ox.Triple(node, term("partOf"), term(f"part{number // 7}"))
        yield ox.Triple(node, term("code"), ox.Literal(f"A{number}"))


def main() -> None:
    """Time both and write the report."""
    triples = list(data(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
    shapes = [quad.triple for quad in ox.parse(SHAPES, format=ox.RdfFormat.TURTLE)]
    start = time.process_time()
    ours = validate(triples, shapes)
    between = time.process_time()
    graph = ShapesGraph(shapes)
    loaded = sparql_engine.LoadedData(triples)
    theirs = sparql_engine.judge(loaded, list(for_sparql_engine(graph, graph.roots)), nowhere)
    end = time.process_time()
    assert len(ours.results) == len(theirs)
    REPORT.write_text(
        "# Shapes of SHACL Core\n\n"
        f"`python -m bench.shapes`, Python {platform.python_version()}: {len(triples)} triples,"
        f" {ours.looked_at} {len(theirs)} results of each.\n\n"
        "| engine | seconds of processor time |\n|---|---|\n"
        f"| shacl, with all that is done around it | {between - start:.1f} |\n"
        f"| pyshacl | {end - between:.1f} |\n\n{(end - between) / (between - start):.0f} times.\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
