"""What a published ontology owes its readers: a header that can be cited, and terms that are explained.

Read over HTTP as a client does, from the shipped root. The header follows https://w3id.org/widoco/bestPractices
and OWL 2 Structural Specification, section 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD

from conftest import BROWSER, REPOSITORY, Server

KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
SERVER = "https://w3id.org/calcigraph/server#"


@pytest.fixture(scope="module")
def shipped(servers: Callable[[str], Server]) -> Server:
    return servers("shipped")


@pytest.fixture(scope="module")
def ontology(shipped: Server) -> rdflib.Graph:
    return rdflib.Graph().parse(data=shipped.get("/ontology.ttl").body, format="turtle")


@pytest.fixture(scope="module")
def header(shipped: Server, ontology: rdflib.Graph) -> rdflib.URIRef:
    node = rdflib.URIRef(f"{shipped.namespace}ontology")
    assert (node, RDF.type, OWL.Ontology) in ontology
    return node


@pytest.fixture(scope="module")
def terms(shipped: Server, ontology: rdflib.Graph) -> list[rdflib.URIRef]:
    own = (f"{shipped.namespace}ontology/", SERVER)
    found = {s for kind in KINDS for s in ontology.subjects(RDF.type, kind) if str(s).startswith(own)}
    assert len(found) > 150
    return sorted(found)


def one(graph: rdflib.Graph, node: rdflib.URIRef, predicate: rdflib.URIRef) -> rdflib.term.Node:
    (value,) = graph.objects(node, predicate)
    return value


@pytest.mark.parametrize("name", ["title", "description", "creator", "license"])
def test_the_header_says_what_it_is_who_made_it_and_on_what_terms(
    ontology: rdflib.Graph, header: rdflib.URIRef, name: str
) -> None:
    values = list(ontology.objects(header, DCTERMS[name]))
    assert values
    if name in ("title", "description"):
        assert [value.language for value in values] == ["en"]
        assert len(values[0]) > 10
    if name == "license":
        assert values == [rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")]


def test_the_header_has_its_dates(ontology: rdflib.Graph, header: rdflib.URIRef) -> None:
    created, modified = one(ontology, header, DCTERMS.created), one(ontology, header, DCTERMS.modified)
    assert created.datatype == modified.datatype == XSD.date
    assert created.toPython() <= modified.toPython()


def test_the_header_has_a_version_that_answers(
    shipped: Server, ontology: rdflib.Graph, header: rdflib.URIRef
) -> None:
    version, number = one(ontology, header, OWL.versionIRI), one(ontology, header, OWL.versionInfo)
    assert str(version) == f"{header}/{number}"
    assert shipped.get(shipped.path_of(str(version))).headers["location"] == "/ontology.ttl"
    assert shipped.get(shipped.path_of(str(version)), BROWSER).headers["location"] == "/ontology.html"


def test_it_names_the_version_before_it_as_soon_as_there_is_one(
    ontology: rdflib.Graph, header: rdflib.URIRef
) -> None:
    log = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    released = [
        tuple(map(int, v.split("."))) for v in re.findall(r"^## \[?(\d+\.\d+\.\d+)", log, re.MULTILINE)
    ]
    current = tuple(map(int, str(one(ontology, header, OWL.versionInfo)).split(".")))
    earlier = [version for version in released if version < current]
    prior = list(ontology.objects(header, OWL.priorVersion))
    if earlier:
        assert prior == [rdflib.URIRef(f"{header}/{'.'.join(map(str, max(earlier)))}")]
    else:
        assert prior == []


def test_the_preferred_prefix_is_the_one_that_is_declared(
    shipped: Server, ontology: rdflib.Graph, header: rdflib.URIRef
) -> None:
    prefix = str(one(ontology, header, VANN.preferredNamespacePrefix))
    namespace = str(one(ontology, header, VANN.preferredNamespaceUri))
    assert shipped.root.prefixes.mapping[prefix] == namespace == f"{header}/"


def test_every_term_has_one_english_label(ontology: rdflib.Graph, terms: list[rdflib.URIRef]) -> None:
    for term in terms:
        assert len([o for o in ontology.objects(term, RDFS.label) if o.language == "en"]) == 1, term


def test_every_term_has_a_definition_with_its_source_and_says_where_it_is_defined(
    ontology: rdflib.Graph, header: rdflib.URIRef, terms: list[rdflib.URIRef]
) -> None:
    for term in terms:
        assert [o.language for o in ontology.objects(term, SKOS.definition)] == ["en"], term
        sources = set(ontology.objects(term, DCTERMS.source))
        assert sources or list(ontology.objects(term, SKOS.editorialNote)), term
        assert header not in sources, term
        assert list(ontology.objects(term, RDFS.isDefinedBy)) == [header], term


def test_what_is_retired_says_what_replaces_it_and_is_still_described(shipped: Server) -> None:
    rows = shipped.rows(
        "SELECT ?t ?o { ?t <http://www.w3.org/2002/07/owl#deprecated> true "
        f"OPTIONAL {{ ?t <{DCTERMS.isReplacedBy}> ?o }} FILTER(STRSTARTS(STR(?t), '{shipped.namespace}')) }}"
    )
    for row in rows:
        assert "o" in row
        assert shipped.get(shipped.path_of(row["t"]) + ".html").status == 200
