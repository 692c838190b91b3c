"""Turtle to blocks: the split loses nothing, invents nothing, and says where text is malformed."""

from __future__ import annotations

import re
from bisect import bisect_left

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

from calcigraph.errors import Place
from calcigraph.rdf.blocks import TurtleMalformed, blocks, labelled_blank_nodes
from calcigraph.rdf.places import Places
from canonical_form import canonical_lines
from suites import SUITES, needs
from turtle_texts import BASE, broken, documents

RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FILE = "data/x.ttl"
SPACE_AND_COMMENTS = re.compile(r"(?:[ \t\r\n]+|#[^\n\r]*)*")


def parsed(text: str, base: str = BASE) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base)]


def refusal(text: str, base: str) -> SyntaxError | None:
    """What pyoxigraph says of a malformed text."""
    try:
        parsed(text, base)
    except SyntaxError as error:
        return error
    return None


def union(found) -> list[ox.Triple]:
    return [triple for block in found for triple in block.triples]


def blank_nodes(triples) -> set[ox.BlankNode]:
    return {term for t in triples for term in (t.subject, t.object) if isinstance(term, ox.BlankNode)}


def assert_spans_cover(text: str, found) -> None:
    breaks = [match.start() for match in re.finditer(r"\r\n|\r|\n", text)]
    position = 0
    for block in found:
        assert SPACE_AND_COMMENTS.fullmatch(text[position : block.start])
        assert block.start < block.end
        assert not text[block.start].isspace()
        assert block.line == bisect_left(breaks, block.start) + 1
        assert block.last_line == bisect_left(breaks, block.end - 1) + 1
        position = block.end
    assert SPACE_AND_COMMENTS.fullmatch(text[position:])


@RELAXED
@given(documents(labels=True))
def test_union_of_the_blocks_is_the_whole_text(text: str) -> None:
    found = blocks(text, FILE, base_iri=BASE)
    assert canonical_lines(union(found)) == canonical_lines(parsed(text))
    assert_spans_cover(text, found)


@RELAXED
@given(documents())
def test_block_parses_alone_behind_the_directives_before_it(text: str) -> None:
    found = blocks(text, FILE, base_iri=BASE)
    prologue = ""
    for block in found:
        source = text[block.start : block.end]
        if block.kind == "directive":
            assert block.triples == ()
            prologue += source + "\n"
        else:
            assert canonical_lines(block.triples) == canonical_lines(parsed(prologue + source))


@RELAXED
@given(documents())
def test_two_blocks_share_no_blank_node(text: str) -> None:
    found = blocks(text, FILE, base_iri=BASE)
    seen: set[ox.BlankNode] = set()
    for block in found:
        own = blank_nodes(block.triples)
        assert not own & seen
        seen |= own


@RELAXED
@given(documents())
def test_every_triple_is_placed_on_a_line_of_its_block(text: str) -> None:
    found = blocks(text, FILE, base_iri=BASE)
    places = Places(text, found, BASE)
    lines: dict[ox.Triple, list[range]] = {}
    for block in found:
        for triple in block.triples:
            lines.setdefault(triple, []).append(range(block.line, block.last_line + 1))
    for triple, spans in lines.items():
        assert any(places.line_of(triple) in span for span in spans)
        assert places.line_of_node(triple.subject) > 0
        assert places.line_of_node(triple.object) > 0


@RELAXED
@given(broken())
def test_broken_text_is_refused_exactly_where_the_parser_refuses_it(text: str) -> None:
    error = refusal(text, BASE)
    if error is None:
        found = blocks(text, FILE, base_iri=BASE)
        assert canonical_lines(union(found)) == canonical_lines(parsed(text))
        assert_spans_cover(text, found)
        return
    with pytest.raises(TurtleMalformed) as caught:
        blocks(text, FILE, base_iri=BASE)
    assert caught.value.place == Place(FILE, error.lineno or 0, error.offset or 0)
    assert caught.value.detail
    assert caught.value.remedy.endswith(".")


@needs("shacl")
def test_real_files_split_into_the_same_graph() -> None:
    """All Turtle files of the W3C suites, the malformed ones refused as the parser refuses them."""
    files = sorted(SUITES.rglob("*.ttl"))
    assert len(files) > 500
    split = 0
    for path in files:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        if re.search("[\udc80-\udcff]", text):
            continue
        if refusal(text, path.as_uri()):
            with pytest.raises(TurtleMalformed):
                blocks(text, FILE, base_iri=path.as_uri())
            continue
        found = blocks(text, FILE, base_iri=path.as_uri())
        assert canonical_lines(union(found)) == canonical_lines(parsed(text, path.as_uri())), path
        assert_spans_cover(text, found)
        split += 1
    assert split > 500


LABELS = """@prefix : <http://x/> .  # _:comment
:a :b "_:string", '''
_:long''', <http://x/_:iri>, :_:local ;
   :c _:x .
_:x.y :p [ :q _:z ] .
"""


def test_labelled_blank_nodes_are_found_with_their_lines() -> None:
    assert labelled_blank_nodes(LABELS) == [("_:x", 4), ("_:x.y", 5), ("_:z", 5)]


MALFORMED = {
    "undeclared prefix": (":a :b foo:c .", (2, 7), '"foo:" is not declared', "@prefix foo:"),
    "misspelt prefix": (":a :b exx:c .", (2, 7), '"exx:" is not declared', "Did you mean ex:?"),
    "missing dot": (":a :b :c\n\n:d :e :f .", (4, 1), "line 2 ends without a dot", "at the end of line 2"),
    "semicolon for dot": (
        ":a :b :c ;\n:d :e :f .",
        (3, 7),
        "line 2 ends with `;`",
        "Write `.` instead of `;`",
    ),
    "comma for dot": (":a :b :c ,\n:d :e :f .", (3, 4), "line 2 ends with `,`", "Write `.` instead of `,`"),
    "cut off": (":a :b :c", (2, 9), "ends inside a statement", "at the end of line 2"),
    "open bracket": (":a :b [ :c\n :d ;", (3, 6), "`[` of line 2 is never closed", "Close it with `]`"),
    "dot in a bracket": (":a :b [ :c :d .\n:e :f :g .", (2, 15), "`[` of line 2", "Close it with `]`"),
    "open list": (":a :b ( :c\n .", (3, 2), "`(` of line 2 is never closed", "Close it with `)`"),
    "open string": (':a :b """c .\n:d :e :f .', (2, 7), "opens in line 2 is never closed", '"""'),
    "line break in a string": (':a :b "c\nd" .', (2, 9), "goes over the end of its line", '"""'),
    "space in an IRI": (":a :b <http://x/a b> .", (2, 7), "` ` may not stand in an IRI", "%20"),
    "relative IRI": (":a :b <c> .", (2, 7), "relative IRI", "whole IRI"),
    "text without quotes": (
        ":a :b some text .",
        (2, 7),
        "`some` stands where the object",
        "a string in quotes",
    ),
    "number with a unit": (":a :b 5 mg .", (2, 9), "`mg` stands where a statement", "in quotes"),
    "escape": (r':a :b "\q" .', (2, 8), r"`\q` is no escape", r"`\\`"),
    "byte order mark": ("﻿:a :b :c .", (2, 1), "byte order mark", "UTF-8"),
}


@pytest.mark.parametrize(("text", "place", "detail", "remedy"), MALFORMED.values(), ids=MALFORMED)
def test_message_names_line_column_and_what_to_type(text: str, place, detail: str, remedy: str) -> None:
    with pytest.raises(TurtleMalformed) as caught:
        blocks(f"@prefix : <http://x/> . @prefix ex: <http://y/> .\n{text}", "ontology/x.ttl")
    problem = caught.value
    assert problem.place is not None
    assert (problem.place.file, problem.place.line, problem.place.column) == ("ontology/x.ttl", *place)
    assert detail in problem.detail
    assert remedy in problem.remedy
    assert "oxttl" not in str(problem)
    assert "Parser error" not in str(problem)


PLACED = """@prefix : <http://x/> .

:pump a :Device ;
    :label "pump"@en ,
        "pompe"@fr ;
    :part [
        :label "valve"@en ;
        :size 0.70
    ] , :hose ;
    :steps ( :start
        :stop ) .

<http://x/tank> :feeds :pump .
"""


def triple(subject: str, predicate: str, value: ox.Literal | ox.NamedNode) -> ox.Triple:
    return ox.Triple(ox.NamedNode("http://x/" + subject), ox.NamedNode("http://x/" + predicate), value)


def test_line_of_a_triple_is_the_line_of_its_object() -> None:
    places = Places(PLACED, blocks(PLACED, FILE))
    assert places.line_of(triple("pump", "label", ox.Literal("pump", language="en"))) == 4
    assert places.line_of(triple("pump", "label", ox.Literal("pompe", language="fr"))) == 5
    assert places.line_of(triple("pump", "part", ox.NamedNode("http://x/hose"))) == 9
    assert places.line_of(triple("tank", "feeds", ox.NamedNode("http://x/pump"))) == 13
    assert places.line_of(triple("tank", "feeds", ox.NamedNode("http://x/other"))) == 0


def test_line_inside_a_nested_node_is_found() -> None:
    found = blocks(PLACED, FILE)
    places = Places(PLACED, found)
    nested = {t.predicate.value: t for t in union(found) if isinstance(t.subject, ox.BlankNode)}
    assert places.line_of(nested["http://x/size"]) == 8
    assert places.line_of(nested["http://x/label"]) == 7
    (part,) = [
        t for t in union(found) if isinstance(t.object, ox.BlankNode) and t.predicate.value == "http://x/part"
    ]
    assert places.line_of(part) == 6


def test_line_of_a_node_is_the_first_line_of_its_block() -> None:
    places = Places(PLACED, blocks(PLACED, FILE))
    assert places.line_of_node(ox.NamedNode("http://x/pump")) == 3
    assert places.line_of_node(ox.NamedNode("http://x/hose")) == 9
    assert places.line_of_node(ox.NamedNode("http://x/nowhere")) == 0
    assert places.line_of_property(ox.NamedNode("http://x/pump"), ox.NamedNode("http://x/part")) == 6
    assert places.line_of_property(ox.NamedNode("http://x/pump"), ox.NamedNode("http://x/none")) == 0


def test_many_directives_are_not_parsed_again_for_each_block() -> None:
    """Work grows with the length of the text: the parser is handed each prefix once."""
    text = "".join(f"@prefix p{n}: <http://x/{n}#> .\np{n}:a p{n}:b p{n}:c .\n" for n in range(5000))
    found = blocks(text, FILE)
    assert len(found) == 10_000
    assert found[-1].line == 10_000
