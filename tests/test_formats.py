"""The format table, and graphs written in each format."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.bridge import from_rdflib
from calcigraph.rdf.canonical import canonical_lines
from calcigraph.rdf.formats import (
    ALIASES,
    GRAPHS,
    KEYS,
    RESULTS,
    FormatUnknown,
    by_key,
    by_media_type,
    by_path,
)
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import FormatUnfit, serialise
from turtle_texts import BASE, documents

TABLE = Prefixes(
    {"": "http://example.org/", "p": "http://example.org/p#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
)
FORMATS = pytest.mark.parametrize("target", GRAPHS, ids=lambda f: f.key)
RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_no_name_of_a_format_is_taken_twice() -> None:
    for table in (GRAPHS, RESULTS):
        for names in (
            [f.key for f in table],
            list(chain.from_iterable(f.media_types for f in table)),
            list(chain.from_iterable(f.suffixes for f in table)),
        ):
            assert len(names) == len(set(names))


def test_every_media_type_key_and_suffix_leads_to_its_format() -> None:
    for table in (GRAPHS, RESULTS):
        for row in table:
            assert by_key(row.kind, row.key.upper()) is row
            for media_type in row.media_types:
                assert by_media_type(row.kind, media_type.upper() + "; charset=utf-8; q=1") is row
    for row in GRAPHS:
        for suffix in row.suffixes:
            assert by_path(Path("x.y/z.a" + suffix)) is row
            assert by_path("Z" + suffix.upper() + ".gz") is row


def test_aliases_and_short_names_lead_to_formats_that_exist() -> None:
    for media_type, targets in ALIASES.items():
        for kind, key in targets.items():
            assert by_media_type(kind, media_type).key == key  # type: ignore[arg-type]
    keys = {row.key for row in (*GRAPHS, *RESULTS)}
    assert set(KEYS.values()) <= keys
    assert not set(KEYS) & keys


def test_media_types_are_those_of_pyoxigraph() -> None:
    for row in (*GRAPHS, *RESULTS):
        assert row.native.media_type.partition(";")[0] == row.media_type


def test_unknown_format_is_refused_with_the_list() -> None:
    with pytest.raises(FormatUnknown, match="turtle, n-triples"):
        by_key("graph", "yaml")
    with pytest.raises(FormatUnknown, match="text/csv"):
        by_media_type("result", "text/turtle")
    with pytest.raises(FormatUnknown, match=r"\.ttl, \.nt"):
        by_path("data.gz")


def triples_of(text: str) -> list[ox.Triple]:
    return [triple for block in blocks(text, "document.ttl", base_iri=BASE) for triple in block.triples]


def plain(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Without literals that have a writing direction, which RDF/XML and JSON-LD hold in other ways."""
    return [t for t in triples if not (isinstance(t.object, ox.Literal) and t.object.direction)]


def read(data: bytes, native: ox.RdfFormat) -> list[ox.Quad]:
    return list(ox.parse(data, format=native))


@RELAXED
@given(documents(labels=True))
@pytest.mark.parametrize("key", ["turtle", "trig", "n-triples", "n-quads", "json-ld"])
def test_written_graph_is_read_back_as_it_was(key: str, text: str) -> None:
    target = by_key("graph", key)
    triples = plain(triples_of(text))
    for table in (TABLE, None):
        quads = read(serialise(triples, target, table), target.native)  # type: ignore[arg-type]
        assert canonical_lines(quads) == canonical_lines(triples)


def held_by_xml(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Those that RDF/XML can hold."""

    def fits(triple: ox.Triple) -> bool:
        try:
            serialise([triple], by_key("graph", "rdf-xml"))
        except FormatUnfit:
            return False
        return True

    return [triple for triple in triples if fits(triple)]


@RELAXED
@given(documents(labels=True))
def test_what_rdf_xml_can_hold_is_read_back_as_it_was(text: str) -> None:
    triples = held_by_xml(plain(triples_of(text)))
    written = serialise(triples, by_key("graph", "rdf-xml"), TABLE)
    assert canonical_lines(read(written, ox.RdfFormat.RDF_XML)) == canonical_lines(triples)


NODE = ox.NamedNode("http://example.org/a")


@pytest.mark.parametrize(
    ("triple", "key"),
    [
        (ox.Triple(NODE, ox.NamedNode("http://example.org/1"), NODE), "rdf-xml"),
        (ox.Triple(NODE, ox.NamedNode("http://example.org/"), NODE), "rdf-xml"),
        (ox.Triple(NODE, NODE, ox.Literal("\x01")), "rdf-xml"),
        (ox.Triple(NODE, NODE, ox.Triple(NODE, NODE, NODE)), "rdf-xml"),
        (ox.Triple(NODE, NODE, ox.Triple(NODE, NODE, NODE)), "json-ld"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_turtle_holds_it(triple: ox.Triple, key: str) -> None:
    with pytest.raises(FormatUnfit):
        serialise([triple], by_key("graph", key))
    turtle = serialise([triple], by_key("graph", "turtle"))
    assert [quad.triple for quad in read(turtle, ox.RdfFormat.TURTLE)] == [triple]


@pytest.mark.parametrize("text", ["a\r\nb", "\r", " a ", "\n\ta"])
def test_white_space_survives_rdf_xml_for_another_reader_too(text: str) -> None:
    document = serialise([ox.Triple(NODE, NODE, ox.Literal(text))], by_key("graph", "rdf-xml"))
    assert [str(o) for o in rdflib.Graph().parse(data=document, format="xml").objects()] == [text]


@RELAXED
@given(documents(), st.randoms())
@pytest.mark.parametrize("key", ["turtle", "trig", "n-triples", "n-quads", "json-ld"])
def test_order_of_the_triples_does_not_change_a_byte(key: str, text: str, random) -> None:
    triples = plain(triples_of(text))
    expected = serialise(triples, by_key("graph", key), TABLE)
    shuffled = [*triples, *triples[:2]]
    random.shuffle(shuffled)
    assert serialise(shuffled, by_key("graph", key), TABLE) == expected


SAMPLE = """@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :T ; :p 0.70 , 01 , "x"@en , "مضخة"@ar , "<&>\\n\\"" , "2020"^^xsd:gYear , [ :q ( 1 [ :r :a ] ) ] , () .
[ :r :s ] .
"""


@FORMATS
def test_every_format_keeps_lexical_forms_and_structure(target) -> None:
    triples = triples_of(SAMPLE)
    assert canonical_lines(read(serialise(triples, target, TABLE), target.native)) == canonical_lines(triples)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own use of it
def test_json_ld_is_read_alike_by_another_reader() -> None:
    triples = triples_of(SAMPLE)
    graph = rdflib.Graph().parse(data=serialise(triples, by_key("graph", "json-ld"), TABLE), format="json-ld")
    back = [ox.Triple(*(from_rdflib(term) for term in row)) for row in graph]
    assert {str(t.predicate) for t in back} == {str(t.predicate) for t in triples}
    assert len(back) == len(triples)


def test_json_ld_takes_no_scheme_for_a_prefix() -> None:
    node = ox.NamedNode("urn:a:b")
    table = Prefixes({"urn": "http://example.org/not/"})
    document = serialise([ox.Triple(node, node, node)], by_key("graph", "json-ld"), table)
    assert "urn" not in json.loads(document)["@context"]
    assert read(document, ox.RdfFormat.JSON_LD)[0].subject == node


def test_turtle_reads_like_a_person_wrote_it() -> None:
    written = serialise(triples_of(SAMPLE), by_key("graph", "turtle"), TABLE).decode()
    assert written == (
        "@prefix : <http://example.org/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        ":a a :T ;\n"
        '    :p "2020"^^xsd:gYear ,\n'
        '        "<&>\\n\\"" ,\n'
        '        "x"@en ,\n'
        '        "مضخة"@ar ,\n'
        "        () ,\n"
        "        0.70 ,\n"
        "        01 ,\n"
        "        [ :q ( 1 [ :r :a ] ) ] .\n"
        "\n"
        "[] :r :s .\n"
    )


def nested(depth: int) -> str:
    return "@prefix : <http://example.org/> . :a :p " + "[ :p " * depth + "1" + " ]" * depth + " ."


@pytest.mark.parametrize(
    "text",
    [
        "_:a :p _:a .",
        "_:a :p _:b . _:b :p _:a .",
        ":a :p _:b . :c :p _:b .",
        "_:l rdf:first 1 ; rdf:rest _:l .",
        ":a :p _:l . _:l rdf:first 1 , 2 ; rdf:rest () .",
        ":a :p _:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:first 2 ; rdf:rest () ; :p 3 .",
        ":a :p _:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:first 2 ; rdf:rest () . :b :p _:m .",
        ":a :p _:l . _:l rdf:first 1 ; rdf:rest :end .",
        "( 1 2 ) :p ( ) .",
        ":a :p ( ( ) ( ( 1 ) ) ) .",
        ":a a _:b .  :a a [ :p _:c ] . _:c a _:c .",
        "_:a :p <<( _:b :p 1 )>> . _:b :p 2 .",
        nested(60).partition(". ")[2],
    ],
)
def test_shared_and_circular_blank_nodes_keep_their_structure(text: str) -> None:
    triples = triples_of(
        "@prefix : <http://example.org/> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n" + text
    )
    for key in ("turtle", "trig"):
        target = by_key("graph", key)
        quads = read(serialise(triples, target, TABLE), target.native)  # type: ignore[arg-type]
        assert canonical_lines(quads) == canonical_lines(triples)


def test_list_of_ten_thousand_items_is_written_flat() -> None:
    text = "@prefix : <http://example.org/> . :a :p ( " + " ".join(map(str, range(10_000))) + " ) ."
    assert serialise(triples_of(text), by_key("graph", "turtle"), TABLE).count(b"[") == 0


@pytest.mark.parametrize("key", ["trig", "n-quads", "json-ld"])
def test_dataset_keeps_its_graphs_and_the_blank_nodes_they_share(key: str) -> None:
    node, shared = ox.NamedNode("http://example.org/a"), ox.BlankNode("s")
    quads = [
        ox.Quad(node, node, ox.Literal("x")),
        ox.Quad(node, node, shared, ox.NamedNode("http://example.org/g")),
        ox.Quad(shared, node, ox.Literal("1.0"), ox.NamedNode("http://example.org/h")),
        ox.Quad(node, node, ox.BlankNode(), ox.BlankNode("g")),
    ]
    target = by_key("graph", key)
    back = read(serialise(quads, target, TABLE), target.native)  # type: ignore[arg-type]
    assert canonical_lines(back) == canonical_lines(quads)


def test_format_without_graphs_merges_them_as_a_set() -> None:
    node = ox.NamedNode("http://example.org/a")
    quads = [ox.Quad(node, node, node, ox.NamedNode(f"http://example.org/{n}")) for n in "gh"]
    assert serialise(quads, by_key("graph", "n-triples")).count(b"\n") == 1
