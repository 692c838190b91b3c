"""A literal whose text is none of its datatype is found by sh:datatype, whichever engine judges."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.rdf.lexical_spaces import ill_typed
from calcigraph.rdf.vocabulary import RDF, SH, XSD
from calcigraph.validation import validate

# Of each datatype texts that are none, and neighbours of theirs that are (XSD 1.1 part 2, section 3).
TEXTS = {
    "decimal": (["1e3", "INF", "1_000", "", ".", "1,5", " 1", "\u0661"], ["1.", ".5", "-0", "+007"]),
    "integer": (["1_0", "1.0", "", "+-1", "0x1", "1 "], ["-0", "+1", "0" * 30 + "7", "9" * 60]),
    "byte": (["128", "-129"], ["127", "-128", "+0007"]),
    "nonNegativeInteger": (["-1"], ["-0", "0"]),
    "unsignedLong": (["18446744073709551616"], ["18446744073709551615"]),
    "double": (["inf", "nan", "1e", "1_0.0", "Infinity"], ["INF", "-INF", "NaN", "1e-400", "+INF"]),
    "boolean": (["True", "yes", ""], ["true", "0"]),
    "dateTime": (
        *(["2022-01-01", "2023-02-29T00:00:00", "1900-02-29T00:00:00", "2022-01-01T24:00:01"],),
        *(["2024-02-29T00:00:00", "2000-02-29T24:00:00", "12022-01-01T00:00:00.5+14:00"],),
    ),
    "dateTimeStamp": (["2022-01-01T00:00:00"], ["2022-01-01T00:00:00Z"]),
    "date": (["2022-13-01", "2022-1-1", "2022-02-30", "22-01-01"], ["2022-01-01+05:30", "-0004-02-29"]),
    "time": (["25:00:00", "12:00"], ["24:00:00", "12:00:00.25Z"]),
    "duration": (["P", "PT", "1Y", "P1H", "P1YT"], ["P1Y2M", "-PT0.5S", "P1DT2H"]),
    "gMonthDay": (["--02-30", "--04-31"], ["--02-29"]),
    "gYear": (["99", "02022"], ["0099", "-12022Z"]),
    "anyURI": ([], ["", "a/b#c", "http://ä/", "http://a b", "%zz<"]),
    "hexBinary": (["ABC", "0G"], ["", "0aFF"]),
    "base64Binary": (["A", "AB=", "AB==", "QUJD "], ["", "Q U J D", "QQ==", "QUI=", "QUJD"]),
    "language": (["en_GB", ""], ["en-GB"]),
    "NCName": (["a:b", "1a"], ["é-1"]),
    "token": ([" a", "a  b"], ["a b"]),
}
OTHERS = (
    (ox.Literal("a", datatype=RDF["langString"]), True),
    (ox.Literal("a", language="en"), False),
    (ox.Literal("<b>", datatype=RDF["HTML"]), False),
    (ox.Literal("<b>", datatype=RDF["XMLLiteral"]), True),
    (ox.Literal("1" * 5000, datatype=RDF["JSON"]), False),
    (ox.Literal("[" * 9000 + "]" * 9000, datatype=RDF["JSON"]), False),
    (ox.Literal("<b/>&amp;", datatype=RDF["XMLLiteral"]), False),
    (ox.Literal("{'a': 1}", datatype=RDF["JSON"]), True),
    (ox.Literal('{"a": [1]}', datatype=RDF["JSON"]), False),
    (ox.Literal("anything", datatype=ox.NamedNode("http://x/unknown")), False),
)


def literals() -> list[tuple[ox.Literal, bool]]:
    found = [
        (ox.Literal(text, datatype=XSD[name]), wrong)
        for name, (bad, good) in TEXTS.items()
        for wrong, texts in ((True, bad), (False, good))
        for text in texts
    ]
    return [*found, *OTHERS]


@pytest.mark.parametrize(("literal", "wrong"), literals(), ids=lambda value: str(value)[:40])
def test_text_is_of_its_datatype_or_not(literal: ox.Literal, wrong: bool) -> None:
    assert ill_typed(literal) is wrong


@pytest.mark.parametrize("recursive", [False, True])
def test_ill_typed_literals_are_found_whichever_engine_judges(recursive: bool) -> None:
    """Each literal beside a shape that asks for its datatype; among them 35 and more that are ill-typed."""
    data, shapes, expected = [], [], set()
    for number, (literal, wrong) in enumerate(literals()):
        node, shape, inner = (ox.NamedNode(f"http://x/{name}{number}") for name in ("node", "shape", "inner"))
        asked = RDF["langString"] if literal.language else literal.datatype
        data.append(ox.Triple(node, ox.NamedNode("http://x/p"), literal))
        shapes += [ox.Triple(shape, SH["targetNode"], node), ox.Triple(shape, SH["property"], inner)]
        shapes += [
            ox.Triple(inner, SH["path"], ox.NamedNode("http://x/p")),
            ox.Triple(inner, SH["datatype"], asked),
        ]
        shapes += [ox.Triple(inner, SH["node"], shape)] if recursive and number % 2 else []
        expected |= {node} if wrong else set()
    report = validate(data, shapes)
    assert len(expected) > 45
    found = {r.focus_node for r in report.results if r.constraint == SH["DatatypeConstraintComponent"]}
    assert found == expected
