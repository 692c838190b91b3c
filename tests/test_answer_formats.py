"""Answers in every format: read back by other readers as what was asked for, or refused with the reason."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.declared_prefixes import with_declared
from calcigraph.engine.empty_documents import says_nothing
from calcigraph.engine.result_formats import write
from calcigraph.rdf.formats import GRAPHS, PROFILED, FormatUnfit
from calcigraph.rdf.graph_streams import LOOKED_AT, MOST_LAID_OUT, write_graph_stream
from calcigraph.rdf.prefixes import Prefixes

EX = "http://example.org/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TABLE = {"ex": EX, "doi": "https://doi.org/", "rdf": RDF}
ALL_GRAPHS = (*GRAPHS, *PROFILED)
SIZES = (0, 1, 7, MOST_LAID_OUT, MOST_LAID_OUT + 1, LOOKED_AT + 1)


def answer(text: str, key: str, prefixes: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    write(ox.Store().query(text), key, key, TABLE if prefixes is None else prefixes, out)
    return out.getvalue()


def graph(size: int) -> list[ox.Triple]:
    """Triples of many kinds of terms; some subjects come again later."""
    values = (
        ox.Literal("a\r\n\tb & <c> ]]> “é”"),
        ox.Literal("x", language="en-gb"),
        ox.Literal("0.70", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        ox.NamedNode("doi:10.1000/1"),
        ox.NamedNode(f"{EX}a#b"),
        ox.NamedNode("urn:x:y"),
    )
    return [
        ox.Triple(
            ox.NamedNode(f"{EX}s{i % max(1, size // 2)}"),
            ox.NamedNode(f"{RDF}type" if i % 6 == 4 else f"{EX}p{i}"),
            values[i % 6],
        )
        for i in range(size)
    ]


def written(triples: list[ox.Triple], row) -> bytes:
    out = io.BytesIO()
    write_graph_stream(triples, row, Prefixes(TABLE), out)
    return out.getvalue()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("row", ALL_GRAPHS, ids=lambda row: row.key)
def test_graph_of_any_size_is_read_back_as_it_was(row, size: int) -> None:
    triples = graph(size)
    native = ox.RdfFormat.from_media_type(row.media_type)
    assert native is not None
    document = written(triples, row)
    assert {quad.triple for quad in ox.parse(document, native)} == set(triples)
    assert says_nothing(row.key, document) is (size == 0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own use of its classes
@pytest.mark.parametrize("size", [7, MOST_LAID_OUT + 30])
@pytest.mark.parametrize("row", ALL_GRAPHS, ids=lambda row: row.key)
def test_another_reader_reads_as_many_triples(row, size: int) -> None:
    name = {"rdf-xml": "xml", "n-triples": "nt", "n-quads": "nquads"}.get(row.key, row.key)
    dataset = rdflib.Dataset() if row.has_graphs else rdflib.Graph()
    dataset.parse(data=written(graph(size), row), format="json-ld" if "json" in name else name)
    subjects = {str(subject) for subject in dataset.subjects()}
    assert len(list(dataset.triples((None, None, None)))) == len(set(graph(size)))
    assert subjects == {triple.subject.value for triple in graph(size)}


def test_few_triples_read_as_documents_do() -> None:
    text = f"PREFIX q: <{EX}> CONSTRUCT {{ q:b q:p 1, 2 . q:a a q:C ; q:p q:b }} {{}}"
    prefixes = with_declared(TABLE, text, None)
    assert answer(text, "turtle", prefixes).decode() == (
        "@prefix q: <http://example.org/> .\n\nq:a a q:C ;\n    q:p q:b .\n\nq:b q:p 1 ,\n        2 .\n"
    )
    assert json.loads(answer(text, "json-ld", prefixes)) == {
        "@context": {"q": EX},
        "@graph": [
            {"@id": "q:a", "@type": "q:C", "q:p": {"@id": "q:b"}},
            {
                "@id": "q:b",
                "q:p": [
                    {"@value": "1", "@type": "http://www.w3.org/2001/XMLSchema#integer"},
                    {"@value": "2", "@type": "http://www.w3.org/2001/XMLSchema#integer"},
                ],
            },
        ],
    }


@pytest.mark.parametrize("size", [6, 2 * MOST_LAID_OUT])
def test_profiles_of_json_ld_have_the_form_that_they_name(size: int) -> None:
    expanded, flattened = (json.loads(written(graph(size), row)) for row in PROFILED)
    for document in (expanded, flattened):
        assert isinstance(document, list)
        assert all("@context" not in node and isinstance(node["@id"], str) for node in document)
        assert all(isinstance(v, list) for node in document for k, v in node.items() if k != "@id")
    names = [node["@id"] for node in flattened]
    assert names == sorted(set(names))


def test_long_json_ld_takes_no_scheme_for_a_prefix() -> None:
    """`doi:` is a prefix of the table and the scheme of an IRI that comes when the context has gone out."""
    triples = [
        ox.Triple(ox.NamedNode(f"{EX}s{i}"), ox.NamedNode(f"{EX}p"), ox.NamedNode("https://doi.org/1"))
        for i in range(LOOKED_AT)
    ]
    triples.append(
        ox.Triple(ox.NamedNode("doi:2"), ox.NamedNode(f"{EX}p"), ox.NamedNode("https://doi.org/1"))
    )
    row = next(row for row in GRAPHS if row.key == "json-ld")
    document = written(triples, row)
    assert "doi" in json.loads(document)["@context"]
    assert {quad.triple for quad in ox.parse(document, ox.RdfFormat.JSON_LD)} == set(triples)


@pytest.mark.parametrize(
    ("declared", "table", "expected"),
    [
        (f"PREFIX e: <{EX}>", TABLE, {"e": EX, "doi": "https://doi.org/", "rdf": RDF}),
        ("PREFIX ex: <urn:other:>", {"ex": EX}, {"ex": "urn:other:"}),
        ("PREFIX a: <urn:1:> PREFIX a: <urn:2:>", {}, {"a": "urn:2:"}),
        ("BASE <http://b.org/x/> PREFIX a: <y#>", {}, {"a": "http://b.org/x/y#"}),
        ("PREFIX : <#>", {}, {"": "http://here/sparql#"}),
        ("prefix a:<urn:\\u0061:>", {}, {"a": "urn:a:"}),
        ("# PREFIX a: <urn:a:>\n", {}, {}),
        ("", {"ex": EX}, {"ex": EX}),
    ],
)
def test_prefixes_of_the_query_go_before_those_of_the_root(declared, table, expected) -> None:
    text = f"{declared} CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o }}"
    assert with_declared(table, text, "http://here/sparql") == expected


XMLNS = "http://www.w3.org/2000/xmlns/"


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    ("template", "key"),
    [
        (f"<{EX}a> <{EX}123> 1", "rdf-xml"),
        (f"<{EX}a> <urn:x:> 1", "rdf-xml"),
        (f"<{EX}a> <{XMLNS}p> 1", "rdf-xml"),
        (f'<{EX}a> <{EX}p> "a\\u0001b"', "rdf-xml"),
        (f'<{EX}a> <{EX}p> "\\uFFFE"', "rdf-xml"),
        (f'<{EX}a> <{EX}p> "\\uFFFF"', "rdf-xml"),
        (f'<{EX}a> <{EX}p> "\\u0000"', "rdf-xml"),
        (f'<{EX}a> <{EX}p> "x"@ar--rtl', "rdf-xml"),
        (f'<{EX}a> <{EX}p> <<( <{EX}a> <{EX}p> "x" )>>', "rdf-xml"),
        (f'<{EX}a> <{EX}p> <<( <{EX}a> <{EX}p> "x" )>>', "json-ld"),
        (f'<{EX}a> <{EX}p> <<( <{EX}a> <{EX}p> "x" )>>', "json-ld-expanded"),
        (f'<{EX}a> <{EX}p> <<( <{EX}a> <{EX}p> "x" )>>', "json-ld-flattened"),
        *((f"<{EX}a> <{RDF}{word}> 1", "rdf-xml") for word in ("li", "about", "ID", "bagID", "Description")),
    ],
)
def test_what_a_graph_format_cannot_hold_is_refused(template: str, key: str, many: bool) -> None:
    filling = [f"<{EX}b> <{EX}p> {i} . " for i in range(MOST_LAID_OUT)] if many else []
    text = f"CONSTRUCT {{ {''.join(filling)} {template} }} {{}}"
    with pytest.raises(FormatUnfit):
        answer(text, key)
    lines = answer(text, "n-triples")
    assert set(ox.parse(answer(text, "turtle"), ox.RdfFormat.TURTLE)) == set(
        ox.parse(lines, ox.RdfFormat.N_TRIPLES)
    )


@pytest.mark.parametrize("name", ["x", "1", "", "a%2Fb"])
@pytest.mark.parametrize("namespace", [EX, RDF, "urn:x:", "http://z.org/?a&b=<".rstrip("<")])
def test_any_class_is_held_by_rdf_xml(namespace: str, name: str) -> None:
    kind = f"{namespace}{name}"
    for rest in ("", f"; <{EX}p> 1", f"; <http://z.org/p> [ a <{kind}> ]"):
        document = answer(f"CONSTRUCT {{ <{EX}a> a <{kind}> {rest} }} {{}}", "rdf-xml")
        triple = (rdflib.URIRef(f"{EX}a"), rdflib.RDF.type, rdflib.URIRef(kind))
        assert triple in rdflib.Graph().parse(data=document, format="xml")


@pytest.mark.parametrize("label", ["1", "_1", "a", "0.b", "é", "a-b"])
def test_blank_nodes_have_names_of_xml(label: str) -> None:
    node, predicate = ox.BlankNode(label), ox.NamedNode(f"{EX}p")
    other = ox.BlankNode("_" + label)
    triples = [ox.Triple(node, predicate, other), ox.Triple(other, predicate, predicate)]
    row = next(row for row in GRAPHS if row.key == "rdf-xml")
    read = rdflib.Graph().parse(data=written(triples, row), format="xml")
    assert len(set(read.subjects())) == 2
    assert len(read) == 2


@pytest.mark.parametrize("prefix", ["xml", "xmlns", "XMLa", "rdf", "its", "oxprefix", "a.b", "a-1", ""])
def test_rdf_xml_is_well_formed_whatever_the_prefixes_are(prefix: str) -> None:
    document = answer(f"CONSTRUCT {{ <{EX}a> <{EX}p> 1 ; a <{EX}1> }} {{}}", "rdf-xml", {prefix: EX})
    ElementTree.fromstring(document)
    read = rdflib.Graph().parse(data=document, format="xml")
    assert {str(p) for p in read.predicates()} == {f"{EX}p", f"{RDF}type"}


@pytest.mark.parametrize("escape", ["\\u0001", "\\u0000", "\\u001F", "\\uFFFE", "\\uFFFF"])
@pytest.mark.parametrize("padding", [0, 1, 8190, 8191, 8192, 70_000])
def test_xml_results_refuse_what_xml_cannot_hold(escape: str, padding: int) -> None:
    text = f'SELECT ("{"x" * padding}{escape}" AS ?x) {{}}'
    with pytest.raises(FormatUnfit, match=r"U\+"):
        answer(text, "xml")
    row = json.loads(answer(text, "json"))["results"]["bindings"][0]
    assert row["x"]["value"] == "x" * padding + json.loads(f'"{escape}"')


@pytest.mark.parametrize(
    "value", ["\\r\\n", " a\\r", "\\t\\n", "\\u0085\\u2028", "\\uFFFD\\U00010000", "]]>&<"]
)
def test_xml_results_keep_every_other_character(value: str) -> None:
    document = answer(f'SELECT ("{value}" AS ?x) {{}}', "xml")
    (literal,) = ElementTree.fromstring(document).iter("{http://www.w3.org/2005/sparql-results#}literal")
    expected = json.loads(f'"{value}"') if "U0001" not in value else "\ufffd\U00010000"
    assert literal.text == expected


CELLS = [
    ("<http://a.example/,b>", "http://a.example/,b"),
    ("'a,b'", "a,b"),
    ("'say \"x\"'", 'say "x"'),
    ("'a\\r\\nb'", "a\r\nb"),
    ("'a\\rb'", "a\rb"),
    ("' a '", " a "),
    ("''", ""),
    ("?none", ""),
    ("'x'@en", "x"),
    ("1.50", "1.5"),
    ("'=1+1'", "=1+1"),
    ("<<( <a:b> <a:b> 'x, y' )>>", '<<( <a:b> <a:b> "x, y" )>>'),
    ("<<( <a:b> <a:b> 'x\\ty' )>>", '<<( <a:b> <a:b> "x\\ty" )>>'),
    ("'<b>'", "<b>"),
    ("'a <b> \\\\ \\u0001 \\u2028'", "a <b> \\ \x01 \u2028"),
    ("'a\\tb'", "a\tb"),
    ("'\"x\"@en'", '"x"@en'),
    ("true", "true"),
    ("1e0", "1"),
    ("'x'^^<http://a.example/,>", "x"),
]


def test_every_value_of_csv_is_one_cell() -> None:
    names = " ".join(f"({written} AS ?x{i})" for i, (written, _) in enumerate(CELLS))
    header, row = csv.reader(io.StringIO(answer(f"SELECT {names} {{}}", "csv").decode(), newline=""))
    assert header == [f"x{i}" for i in range(len(CELLS))]
    assert row == [value for _, value in CELLS]


def test_csv_has_a_row_for_each_solution() -> None:
    for size in (0, 1, 255, 256, 257, 1000):
        text = f"SELECT ?n ?m {{ VALUES (?n ?m) {{ {' '.join(f'({i} UNDEF)' for i in range(size))} }} }}"
        lines = answer(text, "csv").decode().split("\r\n")
        assert lines == ["n,m", *(f"{i}," for i in range(size)), ""]


@given(
    st.lists(
        st.one_of(st.text(), st.sampled_from(["a,b", "<", '"', "\\", "\t", " "])), min_size=1, max_size=5
    )
)
def test_any_texts_are_one_row_of_csv(texts: list[str]) -> None:
    names = " ".join(f"?x{i}" for i in range(len(texts)))
    values = " ".join(str(ox.Literal(text)) for text in texts)
    content = answer(f"SELECT {names} {{ VALUES ({names}) {{ ({values}) }} }}", "csv").decode()
    cells, quoted = [""], False
    for part in content.split("\r\n", 1)[1].removesuffix("\r\n"):
        quoted ^= part == '"'
        if part == "," and not quoted:
            cells.append("")
        else:
            cells[-1] += part
    plain = [c[1:-1].replace('""', '"') if c.startswith('"') else c for c in cells]
    assert plain == texts
