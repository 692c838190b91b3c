"""Compact JSON-LD: whatever the triples are, an independent reader gets the same ones back."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from calcigraph.rdf.formats import by_name
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import serialise

# rdflib 7.6 itself uses what it deprecates when it parses JSON-LD.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
PREFIXES = Prefixes(
    {
        "ex": "https://example.org/",
        "obo": "https://example.org/obo/CHEBI_",
        "deep": "https://example.org/deep#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "": "https://example.org/empty/",
    }
)
IRIS = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/obo/CHEBI_12",
        "https://example.org/deep#x",
        "https://example.org/a/b",
        "https://example.org/empty/x",
        "urn:ex:a",
        "ex2:a",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
    ]
).map(ox.NamedNode)
BLANKS = st.sampled_from(["a", "b"]).map(ox.BlankNode)
LITERALS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=8).map(ox.Literal),
    st.builds(lambda t: ox.Literal(t, language="en"), st.sampled_from(["", "a", "@id", "ex:a"])),
    st.sampled_from(["1.0", "1.00", "01", "1e0"]).map(
        lambda t: ox.Literal(t, datatype=ox.NamedNode("https://example.org/number"))
    ),
)
TRIPLES = st.builds(ox.Triple, st.one_of(IRIS, BLANKS), IRIS, st.one_of(IRIS, BLANKS, LITERALS))


def written(triples: list[ox.Triple]) -> bytes:
    return serialise(triples, by_name("graph", "json-ld"), PREFIXES)


@given(st.lists(TRIPLES, max_size=8))
def test_the_triples_come_back(triples: list[ox.Triple]) -> None:
    read = rdflib.Graph().parse(data=written(triples), format="json-ld")
    lines = "".join(f"{triple} .\n" for triple in triples)
    assert isomorphic(read, rdflib.Graph().parse(data=lines, format="nt"))
    again = {quad.triple for quad in ox.parse(written(triples), format=ox.RdfFormat.JSON_LD)}
    assert len(again) == len(set(triples))


def test_it_is_compact() -> None:
    triple = ox.Triple(
        ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/b"), ox.Literal("c")
    )
    document = json.loads(written([triple]))
    assert document["@graph"] == [{"@id": "ex:a", "ex:b": "c"}]


def test_the_iri_of_a_prefix_itself_is_written_out() -> None:
    node = ox.NamedNode("https://example.org/deep#")
    document = json.loads(written([ox.Triple(node, node, node)]))
    assert document["@graph"] == [{"@id": node.value, node.value: {"@id": node.value}}]
