"""XML within RDF/XML: the literal is its canonical form, whatever characters and namespaces it has."""

from __future__ import annotations

import random
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from calcigraph.rdf.document import read_document
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.lexical_spaces import ill_typed
from calcigraph.rdf.vocabulary import RDF

HEAD = f'<rdf:RDF xmlns:rdf="{RDF.iri}" xmlns="urn:d:" xmlns:e="urn:e:">'


def literal(xml: str) -> str:
    """The text of the literal that some XML is, as the value of a property."""
    node = f'<e:C rdf:about="urn:a"><e:p rdf:parseType="Literal">{xml}</e:p></e:C>'
    document = read_document(f"{HEAD}{node}</rdf:RDF>".encode(), by_name("graph", "rdf-xml"), "x.rdf")
    value = document.triples[-1].object
    assert isinstance(value, ox.Literal)
    assert value.datatype == RDF["XMLLiteral"]
    assert not ill_typed(value)
    return value.value


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ('<e:b x="1&quot;2"/>', '<e:b xmlns:e="urn:e:" x="1&quot;2"></e:b>'),
        ("<e:b x='a\"b'/>", '<e:b xmlns:e="urn:e:" x="a&quot;b"></e:b>'),
        ('<e:b x="it\'s &amp; &lt;>"/>', '<e:b xmlns:e="urn:e:" x="it\'s &amp; &lt;>"></e:b>'),
        ('<e:b x="&#10;&#9;&#13;\n"/>', '<e:b xmlns:e="urn:e:" x="&#xA;&#x9;&#xD; "></e:b>'),
        ("\" ' &amp; &lt; ]]&gt; \t\r\n&#13;", "\" ' &amp; &lt; ]]&gt; \t\n&#xD;"),
        ("<![CDATA[<x>&]]><!-- c --><?t d?><?t?>", "&lt;x&gt;&amp;<!-- c --><?t d?><?t?>"),
        ('<b xmlns="urn:n"><c/><e:d/></b>', '<b xmlns="urn:n"><c></c><e:d xmlns:e="urn:e:"></e:d></b>'),
        ('<b><c xmlns=""/></b><b/>', '<b xmlns="urn:d:"><c xmlns=""></c></b><b xmlns="urn:d:"></b>'),
        (
            '<e:b z="1" xml:lang="en" e:y="2" a="3"/>',
            '<e:b xmlns:e="urn:e:" a="3" z="1" xml:lang="en" e:y="2"></e:b>',
        ),
        ("", ""),
        (" ", " "),
    ],
)
def test_a_literal_is_the_exclusive_canonical_form_of_what_was_written(written: str, form: str) -> None:
    assert literal(written) == form


def test_whatever_characters_it_has_another_reader_reads_the_same_of_it() -> None:
    chance = random.Random(7)
    seen: set[str] = set()
    for _ in range(100):
        text, value = ("".join(chance.choices("\"'&<>\n\t\r é", k=4)) for _ in range(2))
        seen |= {*text, *value}
        inside, within = ("".join(f"&#{ord(one)};" for one in said) for said in (text, value))

        form = literal(f'<e:b v="{within}">{inside}</e:b>')

        element = ElementTree.fromstring(form)

        assert (element.tag, element.text, element.get("v")) == ("{urn:e:}b", text, value)
    assert len(seen) == 10


def test_what_stands_around_a_literal_is_read_as_before() -> None:
    node = (
        '<e:C rdf:about="urn:a" xml:base="urn:x:y">\n<e:p rdf:ID="i" rdf:parseType="Other"><e:b/>\n</e:p>\n'
        "<e:q>after</e:q></e:C>"
    )
    document = read_document(f"{HEAD}{node}</rdf:RDF>".encode(), by_name("graph", "rdf-xml"), "x.rdf")

    said = {(t.subject.value, t.predicate.value): t for t in document.triples if t.subject.value == "urn:a"}
    assert [document.places.line_of(said["urn:a", f"urn:e:{name}"]) for name in "pq"] == [2, 4]
    assert said["urn:a", "urn:e:p"].object.value == '<e:b xmlns:e="urn:e:"></e:b>\n'  # type: ignore[union-attr]
    assert sum(triple.subject.value == "urn:x:y#i" for triple in document.triples) == 4
