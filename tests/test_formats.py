"""The format table, and graphs written in each format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.bridge import from_rdflib
from calcigraph.rdf.formats import (
    GRAPHS,
    RESULTS,
    Format,
    FormatIncomplete,
    FormatUnfit,
    FormatUnknown,
    GraphFormat,
    Kind,
    by_name,
    by_path,
    distinct,
    find,
)
from calcigraph.rdf.native_formats import NATIVE_GRAPHS, NATIVE_RESULTS, native_graphs, native_results
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import check_writers, serialise
from canonical_form import canonical_lines
from turtle_texts import BASE, documents

TABLE = Prefixes(
    {"": "http://example.org/", "p": "http://example.org/p#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
)
KINDS: dict[Kind, Sequence[Format]] = {"graph": GRAPHS, "result": RESULTS}
FORMATS = pytest.mark.parametrize("target", GRAPHS, ids=lambda f: f.key)
RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_name_leads_to_its_format() -> None:
    for kind, table in KINDS.items():
        for row in table:
            for name in (row.key, row.short, *row.names, *row.media_types):
                assert by_name(kind, name.upper()) is row
                assert by_name(kind, f"{name}; charset=utf-8") is row
    for row in GRAPHS:
        for suffix in row.suffixes:
            assert by_path(Path("x.y/z.a" + suffix)) is row
            assert by_path("Z" + suffix.upper() + ".gz") is row


@pytest.mark.parametrize(
    ("name", "graph", "result"),
    [
        ("json", "json-ld", "json"),
        ("application/json", "json-ld", "json"),
        ("xml", "rdf-xml", "xml"),
        ("text/xml", "rdf-xml", "xml"),
        ("text/plain", "n-triples", None),
        ("ld+json", "json-ld", None),
        ("sparql-results+json", None, "json"),
        ("nquads", "n-quads", None),
        ("srx", None, "xml"),
        ("tsv", None, "tsv"),
        ("yaml", None, None),
        ("", None, None),
        ("application/", None, None),
    ],
)
def test_names_that_clients_send_are_understood(name: str, graph: str | None, result: str | None) -> None:
    assert getattr(find(name, GRAPHS), "key", None) == graph
    assert getattr(find(name, RESULTS), "key", None) == result


def test_own_name_goes_before_a_generic_one() -> None:
    """JSON of its own beside JSON-LD, which clients ask for as application/json too."""
    own = replace(RESULTS[0], media_types=("application/json",), generic=())

    for name in ("json", "application/json"):
        assert find(name, (*GRAPHS, own)) is own


def test_what_pyoxigraph_writes_is_what_the_table_says() -> None:
    for row in GRAPHS:
        assert NATIVE_GRAPHS[row.key].media_type.partition(";")[0] == row.media_type
        assert NATIVE_GRAPHS[row.key].file_extension == row.short
    for row in RESULTS:
        assert NATIVE_RESULTS[row.key].media_type.partition(";")[0] == row.media_type
        assert NATIVE_RESULTS[row.key].file_extension == row.short


@pytest.mark.parametrize("part", [field.name for field in fields(GraphFormat)])
def test_row_without_one_of_its_parts_is_an_error(part: str) -> None:
    parts = {field.name: getattr(GRAPHS[0], field.name) for field in fields(GraphFormat)}
    assert GraphFormat(**parts) == GRAPHS[0]
    del parts[part]

    with pytest.raises(TypeError, match=part):
        GraphFormat(**parts)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"suffixes": ()}, "has no suffix"),
        ({"suffixes": ("ttl",)}, "has 'ttl' for a suffix"),
        ({"media_types": ()}, "has no media type"),
        ({"media_types": ("turtle",)}, "has 'turtle' for a media type"),
        ({"names": ("Turtle",)}, "has 'Turtle' for a name"),
        ({"w3c": ""}, "has no name in http://www.w3.org/ns/formats/"),
    ],
)
def test_row_with_a_part_that_is_none_is_an_error(change: dict[str, object], why: str) -> None:
    with pytest.raises(FormatIncomplete, match=f"'turtle' {why}"):
        replace(GRAPHS[0], **change)  # type: ignore[arg-type]


NEW = replace(
    GRAPHS[0], key="n3", names=(), media_types=("text/n3",), suffixes=(".n3",), w3c="N3", generic=()
)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "turtle"},
        {"names": ("ttl",)},
        {"media_types": ("text/n3", "application/trig")},
        {"suffixes": (".n3", ".owl")},
    ],
)
def test_row_with_a_name_that_is_taken_is_an_error(change: dict[str, object]) -> None:
    distinct((*GRAPHS, NEW))

    with pytest.raises(FormatIncomplete, match="and so is"):
        distinct((*GRAPHS, replace(NEW, **change)))  # type: ignore[arg-type]


def test_row_that_nothing_writes_is_an_error() -> None:
    native_graphs((*GRAPHS, NEW))

    with pytest.raises(FormatIncomplete, match="'n3' has no writer"):
        check_writers((*GRAPHS, NEW))


def test_row_that_pyoxigraph_does_not_know_is_an_error() -> None:
    with pytest.raises(FormatIncomplete, match="'n3' is unknown to pyoxigraph by 'application/n3x'"):
        native_graphs((replace(NEW, media_types=("application/n3x",)),))
    with pytest.raises(FormatIncomplete, match="naming graphs"):
        native_graphs((replace(NEW, has_graphs=True),))
    with pytest.raises(FormatIncomplete, match="'csv' is unknown"):
        native_results((replace(RESULTS[2], media_types=("text/n3",)),))


def test_unknown_format_is_refused_with_the_list() -> None:
    with pytest.raises(FormatUnknown, match="turtle, n-triples"):
        by_name("graph", "yaml")
    with pytest.raises(FormatUnknown, match="json, xml, csv, tsv"):
        by_name("result", "text/turtle")
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
    target = by_name("graph", key)
    triples = plain(triples_of(text))
    for table in (TABLE, None):
        quads = read(serialise(triples, target, table), NATIVE_GRAPHS[target.key])
        assert canonical_lines(quads) == canonical_lines(triples)


def held_by_xml(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Those that RDF/XML can hold."""

    def fits(triple: ox.Triple) -> bool:
        try:
            serialise([triple], by_name("graph", "rdf-xml"))
        except FormatUnfit:
            return False
        return True

    return [triple for triple in triples if fits(triple)]


@RELAXED
@given(documents(labels=True))
def test_what_rdf_xml_can_hold_is_read_back_as_it_was(text: str) -> None:
    triples = held_by_xml(plain(triples_of(text)))
    written = serialise(triples, by_name("graph", "rdf-xml"), TABLE)
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
        serialise([triple], by_name("graph", key))
    turtle = serialise([triple], by_name("graph", "turtle"))
    assert [quad.triple for quad in read(turtle, ox.RdfFormat.TURTLE)] == [triple]


@pytest.mark.parametrize("text", ["a\r\nb", "\r", " a ", "\n\ta"])
def test_white_space_survives_rdf_xml_for_another_reader_too(text: str) -> None:
    document = serialise([ox.Triple(NODE, NODE, ox.Literal(text))], by_name("graph", "rdf-xml"))
    assert [str(o) for o in rdflib.Graph().parse(data=document, format="xml").objects()] == [text]


@RELAXED
@given(documents(), st.randoms())
@pytest.mark.parametrize("key", ["turtle", "trig", "n-triples", "n-quads", "json-ld"])
def test_order_of_the_triples_does_not_change_a_byte(key: str, text: str, random) -> None:
    triples = plain(triples_of(text))
    expected = serialise(triples, by_name("graph", key), TABLE)
    shuffled = [*triples, *triples[:2]]
    random.shuffle(shuffled)
    assert serialise(shuffled, by_name("graph", key), TABLE) == expected


SAMPLE = """@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :T ; :p 0.70 , 01 , "x"@en , "مضخة"@ar , "<&>\\n\\"" , "2020"^^xsd:gYear , [ :q ( 1 [ :r :a ] ) ] , () .
[ :r :s ] .
"""


@FORMATS
def test_every_format_keeps_lexical_forms_and_structure(target) -> None:
    triples = triples_of(SAMPLE)
    assert canonical_lines(
        read(serialise(triples, target, TABLE), NATIVE_GRAPHS[target.key])
    ) == canonical_lines(triples)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own use of it
def test_json_ld_is_read_alike_by_another_reader() -> None:
    triples = triples_of(SAMPLE)
    graph = rdflib.Graph().parse(
        data=serialise(triples, by_name("graph", "json-ld"), TABLE), format="json-ld"
    )
    back = [ox.Triple(*(from_rdflib(term) for term in row)) for row in graph]
    assert {str(t.predicate) for t in back} == {str(t.predicate) for t in triples}
    assert len(back) == len(triples)


def test_json_ld_takes_no_scheme_for_a_prefix() -> None:
    node = ox.NamedNode("urn:a:b")
    table = Prefixes({"urn": "http://example.org/not/"})
    document = serialise([ox.Triple(node, node, node)], by_name("graph", "json-ld"), table)
    assert "urn" not in json.loads(document)["@context"]
    assert read(document, ox.RdfFormat.JSON_LD)[0].subject == node


def test_turtle_reads_like_a_person_wrote_it() -> None:
    written = serialise(triples_of(SAMPLE), by_name("graph", "turtle"), TABLE).decode()
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
        target = by_name("graph", key)
        quads = read(serialise(triples, target, TABLE), NATIVE_GRAPHS[target.key])
        assert canonical_lines(quads) == canonical_lines(triples)


def test_list_of_ten_thousand_items_is_written_flat() -> None:
    text = "@prefix : <http://example.org/> . :a :p ( " + " ".join(map(str, range(10_000))) + " ) ."
    assert serialise(triples_of(text), by_name("graph", "turtle"), TABLE).count(b"[") == 0


@pytest.mark.parametrize("key", ["trig", "n-quads", "json-ld"])
def test_dataset_keeps_its_graphs_and_the_blank_nodes_they_share(key: str) -> None:
    node, shared = ox.NamedNode("http://example.org/a"), ox.BlankNode("s")
    quads = [
        ox.Quad(node, node, ox.Literal("x")),
        ox.Quad(node, node, shared, ox.NamedNode("http://example.org/g")),
        ox.Quad(shared, node, ox.Literal("1.0"), ox.NamedNode("http://example.org/h")),
        ox.Quad(node, node, ox.BlankNode(), ox.BlankNode("g")),
    ]
    target = by_name("graph", key)
    back = read(serialise(quads, target, TABLE), NATIVE_GRAPHS[target.key])
    assert canonical_lines(back) == canonical_lines(quads)


def test_format_without_graphs_merges_them_as_a_set() -> None:
    node = ox.NamedNode("http://example.org/a")
    quads = [ox.Quad(node, node, node, ox.NamedNode(f"http://example.org/{n}")) for n in "gh"]
    assert serialise(quads, by_name("graph", "n-triples")).count(b"\n") == 1
