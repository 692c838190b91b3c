"""Pages of terms: how a term is used, in a curator's own example or in one that is taken from the data."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pyoxigraph as ox

from conftest import Server

TAKEN = "taken from the data"
PREFIXES = (
    "PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
)


def examples(server: Server, term: str) -> str:
    """The section of the term's page that shows examples; "" where there is none."""
    reply = server.get(server.path_of(term) + ".html")
    assert reply.status == 200, term
    found = re.search(r'<section id="examples">(.*?)</section>', reply.text, re.DOTALL)
    return found[1] if found else ""


def terms(server: Server, kinds: str, pattern: str) -> list[str]:
    """The root's own terms of these kinds for which a pattern holds."""
    rows = server.rows(
        f"{PREFIXES}SELECT DISTINCT ?x {{ VALUES ?kind {{ {kinds} }} ?x a ?kind . {pattern} "
        f"FILTER(STRSTARTS(STR(?x), '{server.namespace}ontology/')) }} ORDER BY ?x"
    )
    return [row["x"] for row in rows]


def typed(server: Server, section: str) -> list[list[ox.Triple]]:
    """The examples of a section, read as the Turtle that they are."""
    declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in server.root.prefixes.mapping.items())
    texts = [html.unescape(re.sub("<[^>]*>", "", code)) for code in re.findall("<code>(.*?)</code>", section)]
    return [[q.triple for q in ox.parse(declared + text, format=ox.RdfFormat.TURTLE)] for text in texts]


def test_a_class_without_an_example_shows_members_that_the_data_has(
    servers: Callable[[str], Server],
) -> None:
    server = servers("toy")
    bare = "FILTER EXISTS { ?member a ?x FILTER(isIRI(?member)) } FILTER NOT EXISTS { ?x skos:example ?e }"
    found = terms(server, "owl:Class", bare)
    assert len(found) > 3
    for term in found:
        section = examples(server, term)
        assert TAKEN in section, term
        shown = typed(server, section)
        assert 1 <= len(shown) <= 3, term
        for kind, *label in shown:
            assert kind.object == ox.NamedNode(term)
            assert len(label) == 1, term
            for triple in (kind, *label):
                assert server.ask(f"ASK {{ {triple} }}", "text/csv").text.strip() == "true", triple
            marked = server.ask(f"ASK {{ {kind} }}", "text/csv", inference="off").text.strip() == "false"
            assert not marked or "mark" in section, term


def test_a_class_with_a_curator_s_example_shows_that_one_alone(servers: Callable[[str], Server]) -> None:
    server = servers("shipped")
    found = terms(server, "owl:Class", "?x skos:example ?e")
    assert len(found) > 40
    for term in found[::8]:
        assert examples(server, term) == "", term


def test_a_property_shows_triples_that_use_it(server: Server) -> None:
    kinds = "owl:ObjectProperty owl:DatatypeProperty"
    used = terms(server, kinds, "FILTER EXISTS { ?s ?x ?o FILTER(isIRI(?s) && !isBlank(?o)) }")
    unused = terms(server, kinds, "FILTER NOT EXISTS { ?s ?x ?o }")
    assert len(used) > 4
    for term in used[:: max(1, len(used) // 12)]:
        section = examples(server, term)
        assert TAKEN in section, term
        assert 1 <= section.count('<span class="triple">') <= 6, term
    for term in unused[:5]:
        assert examples(server, term) == "", term
