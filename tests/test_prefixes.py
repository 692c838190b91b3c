"""Prefixed names to IRIs and back."""

from __future__ import annotations

import pickle

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.iris import IriMalformed
from calcigraph.rdf.prefixes import Prefixes, PrefixesConflict, PrefixUnknown

TABLE = Prefixes({"": "http://x/", "id": "http://x/id/", "ex": "http://x/ex#", "b": "http://x/ex#"})
PATHS = st.lists(
    st.sampled_from(["a", "5", ".", "-", "_", ":", "/", "#", "é", "~", "%20", "(", ",", "'", "=", ";"]),
    max_size=6,
).map("".join)


def read(turtle: str) -> ox.Triple:
    return next(ox.parse(turtle, format=ox.RdfFormat.TURTLE)).triple


@given(st.sampled_from(["http://x/", "http://x/id/", "http://x/ex#", "urn:y:"]), PATHS)
def test_shrunk_name_is_read_back_by_turtle_as_the_same_iri(namespace: str, path: str) -> None:
    try:
        node = ox.NamedNode(namespace + path)
    except ValueError:
        return
    name = TABLE.shrink(node)
    assert read(f"{TABLE.turtle()} {name} {name} {name} .").object == node
    if not name.startswith("<"):
        assert TABLE.expand(name) == node


def test_longest_namespace_wins() -> None:
    assert TABLE.shrink(ox.NamedNode("http://x/id/pump")) == "id:pump"
    assert TABLE.shrink(ox.NamedNode("http://x/other")) == ":other"
    assert TABLE.shrink(ox.NamedNode("http://y/other")) == "<http://y/other>"


@pytest.mark.parametrize("order", [1, -1])
def test_longest_namespace_wins_where_a_shorter_one_would_do(order: int) -> None:
    """Both leave a local name that Turtle takes, so that length alone decides."""
    rows = [("obo", "http://x/obo/"), ("short", "http://x/obo/CH"), ("xchebi", "http://x/obo/CHEBI_")]

    assert Prefixes(dict(rows[::order])).shrink(ox.NamedNode("http://x/obo/CHEBI_12")) == "xchebi:12"


def test_of_two_prefixes_for_one_namespace_the_first_in_the_alphabet_is_written() -> None:
    assert TABLE.shrink(ox.NamedNode("http://x/ex#a")) == "b:a"


@pytest.mark.parametrize("path", ["a/b", "a.", "-a", "a b", "a,b", "a'b"])
def test_name_that_turtle_cannot_write_with_a_prefix_stays_an_iri(path: str) -> None:
    assert TABLE.shrink(ox.NamedNode("http://x/id/" + path.replace(" ", "%20"))).startswith("<")


def test_unknown_prefix_names_the_declared_ones() -> None:
    with pytest.raises(PrefixUnknown) as caught:
        TABLE.expand("zz:a")
    assert '"zz:"' in caught.value.detail
    assert "b:, ex:, id:" in caught.value.remedy


def test_misspelt_prefix_names_the_nearest_one() -> None:
    with pytest.raises(PrefixUnknown) as caught:
        TABLE.expand("idd:a")
    assert "(id:)" in caught.value.remedy


def test_name_that_makes_no_iri_is_refused() -> None:
    with pytest.raises(IriMalformed):
        TABLE.expand("id:a b")


def test_escapes_of_turtle_are_understood() -> None:
    assert TABLE.expand(r"id:a\,b\.").value == "http://x/id/a,b."


DECLARED = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://x/> sh:declare [ sh:prefix "id" ; sh:namespace "http://x/id/" ] ,
    [ sh:prefix "ex" ; sh:namespace "http://x/ex#" ] .
"""


def declared(text: str) -> Prefixes:
    return Prefixes.from_triples(triple for block in blocks(text, "prefixes.ttl") for triple in block.triples)


def test_table_is_read_from_its_declarations() -> None:
    assert declared(DECLARED).mapping == {"id": "http://x/id/", "ex": "http://x/ex#"}


def test_prefix_with_two_namespaces_is_refused() -> None:
    with pytest.raises(PrefixesConflict, match='"id:" is declared for'):
        declared(DECLARED.replace('"ex"', '"id"'))


@pytest.mark.parametrize("prefix", ["a b", "5a", "a.", "_", "<"])
def test_prefix_that_turtle_cannot_write_is_refused(prefix: str) -> None:
    with pytest.raises(PrefixesConflict):
        Prefixes({prefix: "http://x/"})


def test_table_does_not_change_after_it_is_made() -> None:
    mapping = {"id": "http://x/id/"}
    table = Prefixes(mapping)
    mapping["zz"] = "http://zz/"
    assert "zz" not in table.mapping
    with pytest.raises(TypeError):
        table.mapping["zz"] = "http://zz/"  # type: ignore[index]


def test_a_table_goes_to_another_process_as_it_is() -> None:
    table = Prefixes({"ex": "https://example.org/", "": "urn:example:"})

    sent = pickle.loads(pickle.dumps(table))

    assert sent.mapping == table.mapping
    assert sent.shrink(ox.NamedNode("https://example.org/a")) == "ex:a"


def test_a_table_is_written_as_turtle_and_sparql_take_it() -> None:
    table = Prefixes({"b": "http://x/b/", "a": "http://x/a/"})

    assert table.turtle() == "@prefix a: <http://x/a/> .\n@prefix b: <http://x/b/> .\n"
    assert table.sparql() == "PREFIX a: <http://x/a/>\nPREFIX b: <http://x/b/>\n"
    assert Prefixes().turtle() == Prefixes().sparql() == ""
