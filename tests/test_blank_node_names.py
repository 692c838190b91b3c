"""The name of a blank node follows its statement, whatever else its file says and however it is written."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.tokens import Span, spans, tokens
from canonical_form import canonical_lines
from suites import ROOT
from turtle_texts import BASE, documents

FILE = "data/x.ttl"
HEAD = "@prefix : <http://x/> .\n"
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ROOTS = {"shipped": ROOT, "toy": ROOT / "tests" / "toy"}
DECLARED = re.compile(r"@prefix\s+([A-Za-z]\w*):\s+(<[^>]*>)\s+\.")


def triples(text: str, file: str = FILE) -> list[ox.Triple]:
    return [triple for block in blocks(text, file, base_iri=BASE) for triple in block.triples]


def graph(text: str, file: str = FILE) -> frozenset[ox.Triple]:
    return frozenset(triples(text, file))


def nodes(found: Iterable[ox.Triple]) -> set[ox.BlankNode]:
    """The blank nodes of triples, those inside triple terms included."""
    terms = [term for triple in found for term in (triple.subject, triple.object)]
    nested = [term for term in terms if isinstance(term, ox.Triple)]
    return {term for term in terms if isinstance(term, ox.BlankNode)} | (nodes(nested) if nested else set())


def as_parsed(text: str) -> list[str]:
    """What the parser alone makes of a text, whatever it calls the blank nodes."""
    return canonical_lines(q.triple for q in ox.parse(text, ox.RdfFormat.TURTLE, base_iri=BASE))


def runs(text: str) -> list[list[Span]]:
    """The statements between two directives: those that may change places."""
    found: list[list[Span]] = [[]]
    for span in spans(text):
        if span.kind == "directive":
            found += [[span], []]
        else:
            found[-1].append(span)
    return found


def reordered(text: str, chance: random.Random) -> str:
    """The same statements in another order; comments between them fall away."""
    parts = []
    for run in runs(text):
        chance.shuffle(run)
        parts += [text[span.start : span.end] for span in run]
    return "\n".join(parts)


def spaced(text: str, chance: random.Random) -> str:
    """The same text with comments, blank lines and spaces between some of its tokens."""
    pieces, position = [], 0
    for token in tokens(text):
        if text[token.start - 1 : token.start].isspace() and chance.random() < 0.2:
            gap = chance.choice(["\n# a . comment [ ;\n", "\n\n\n", "   ", "\r\n\t", "#\n"])
            pieces += [text[position : token.start], gap]
            position = token.start
    return "".join([*pieces, text[position:]]) + "\n# the end"


def spelt_anew(text: str, chance: random.Random) -> str:
    """The same text, some of its prefixed names written with another prefix, others as whole IRIs."""
    declared = dict(DECLARED.findall(text))
    pieces, position = [f"@prefix again-{name}: {iri} .\n" for name, iri in declared.items()], 0
    for token in tokens(text):
        prefix, colon, local = token.text.partition(":")
        is_name = token.kind == "name" and colon and prefix in declared
        if not is_name or text[position : token.start].rstrip().endswith("@prefix") or chance.random() < 0.5:
            continue
        plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", local)
        iri = f"{declared[prefix][:-1]}{local}>"
        pieces += [
            text[position : token.start],
            iri if plain and chance.random() < 0.5 else f"again-{token.text}",
        ]
        position = token.end
    return "".join([*pieces, text[position:]])


CHANGES = {"reordered": reordered, "spaced": spaced, "spelt anew": spelt_anew}


@pytest.mark.parametrize("name", ROOTS)
def test_how_a_file_of_a_root_is_written_changes_none_of_its_triples(name: str) -> None:
    chance, folder = random.Random(name), ROOTS[name]
    paths = [
        path for part in ("ontology", "data", "shapes") for path in sorted((folder / part).rglob("*.ttl"))
    ]
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    nested = [path for path, text in texts.items() if re.search(r"[\[(]", re.sub(r"#.*|\".*\"", "", text))]
    compared: Counter[str] = Counter()
    for path in chance.sample(nested, min(12, len(nested))):
        before = graph(texts[path], path)
        for change, function in CHANGES.items():
            text = function(texts[path], chance)
            assert text != texts[path]
            assert graph(text, path) == before, (path, change)
            compared[change] += len(nodes(before))
    assert min(compared[change] for change in CHANGES) >= (200 if name == "shipped" else 20)


@RELAXED
@given(documents(labels=True), st.randoms(use_true_random=False))
def test_how_a_text_is_written_changes_none_of_its_triples(text: str, chance: random.Random) -> None:
    before = graph(text)
    for function in (reordered, spaced):
        changed = function(text, chance)
        assert as_parsed(changed) == as_parsed(text), "this test changed more than it meant to"
        assert graph(changed) == before


def edited(text: str, span: Span) -> str:
    """The text with one more thing said in one of its statements."""
    head, dot = text[: span.end - 1].rstrip().rstrip(";"), text[span.end - 1 :]
    return f"{head} ; <urn:x:edit> [ <urn:x:p> ( 1 ) ] {dot}"


def test_an_edit_of_a_statement_changes_no_triple_of_another() -> None:
    chance, edits, kept = random.Random(7), 0, 0
    for path in sorted((ROOT / "shapes").rglob("*.ttl")):
        text = path.read_text(encoding="utf-8")
        before = blocks(text, FILE)
        for number in chance.sample(range(len(before)), min(6, len(before))):
            span = list(spans(text))[number]
            if before[number].kind == "directive":
                continue
            after = blocks(edited(text, span), FILE)
            others = [i for i in range(len(before)) if i != number]
            assert [after[i].triples for i in others] == [before[i].triples for i in others]
            assert set(before[number].triples) < set(after[number].triples)
            edits, kept = edits + 1, kept + sum(len(nodes(before[i].triples)) for i in others)
    assert edits >= 30
    assert kept >= 1000


def test_two_anonymous_nodes_are_two_however_alike_they_are() -> None:
    alike = ":a :b [ :c 1 ] .\n"
    assert len(nodes(triples(HEAD + alike + alike))) == 2
    assert len(nodes(triples(HEAD + ":a :b [ :c 1 ], [ :c 1 ] ; :d [ :c 1 ] ."))) == 3
    assert len(nodes(triples(HEAD + "[] a :C . [] a :C . [ a :C ] ."))) == 3
    assert len(nodes(triples(HEAD + ":a :b ( 1 1 1 ), ( 1 1 1 ) ."))) == 6


def test_alike_nodes_keep_their_names_where_one_of_them_goes() -> None:
    one, two = (graph(HEAD + ":a :b [ :c ( 1 ) ] .\n" * count) for count in (1, 2))
    assert one < two


def test_the_same_statement_in_two_files_is_about_two_nodes() -> None:
    text = HEAD + ":a :b [ :c ( 1 2 ) ] . _:x :p 1 ."
    one, other = (nodes(triples(text, file)) for file in ("data/a.ttl", "data/b.ttl"))
    assert len(one) == len(other) == 4
    assert not one & other


def test_what_is_said_beside_a_nested_node_is_none_of_its_business() -> None:
    before = graph(HEAD + ':a :b [ :c 1 ; :d [ :e 2 ] ] ; :label "a" .')
    after = graph(HEAD + ':a :d [ :e 2 ] . :a :label "b" ; :b [ :d [ :e 2, 2 ] ; :c 1 ] .')
    assert {t for t in before if nodes([t])} < after
    assert len(nodes(before)) == 2
    assert len(nodes(after)) == 3


def test_a_change_in_a_nested_node_gives_it_and_what_surrounds_it_new_names() -> None:
    before, after = (nodes(triples(f"{HEAD} :a :b [ :c [ :d {n} ] ] , [ :e 1 ] .")) for n in (1, 2))
    assert len(before) == len(after) == 3
    assert len(before & after) == 1


def test_a_labelled_node_is_named_after_its_label_and_its_file() -> None:
    before = graph(HEAD + ":a :b _:x . _:x :c [ :d 1 ] .")
    after = graph(HEAD + "# more\n:e :f _:y . _:x :c [ :d 1 ] ; :g 2 . :a :b _:x .")
    assert before < after
    assert len(nodes(before)) == 2
    assert len(nodes(after)) == 3


STATEMENTS_OF_STATEMENTS = [
    ":a :b [ :c 1 ] {| :said :x |} .",
    ":a :b [ :c 1 ] .",
    ":a :b [ :c 1 ] {| :said :y ; :when [ :c 1 ] |} {| :said :z |} .",
    "<< :a :b [] >> :q <<( [] :p 1 )>> {| :said :x |} .",
    "<< :a :b [] >> :q <<( [] :p 1 )>> .",
    "[] :p [ :c 1 {| :said :x |} ] .",
]


def test_statements_about_statements_keep_their_nodes_in_any_order() -> None:
    """RDF 1.2: what an annotation hangs on, and nodes inside triple terms."""
    chance, texts = random.Random(3), list(STATEMENTS_OF_STATEMENTS)
    before = graph(HEAD + "\n".join(texts))
    assert len(nodes(before)) == 17
    assert len(before) == len(as_parsed(HEAD + "\n".join(texts)))
    for _ in range(40):
        chance.shuffle(texts)
        assert graph(HEAD + "\n".join(texts)) == before


def test_a_list_of_any_length_is_named() -> None:
    """Neither by recursion nor by comparing each cell with each other one."""
    found = triples(f"{HEAD} :a :b ( {' '.join(map(str, range(20_000)))} ) .")
    assert len(nodes(found)) == 20_000


def test_a_shape_file_may_be_called_anything(tmp_path: Path) -> None:
    assert len(nodes(triples(HEAD + ":a :b [] .", "shapes/caf\udce9.ttl"))) == 1
