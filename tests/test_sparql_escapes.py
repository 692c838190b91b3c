"""Codepoint escapes (section 19.2): characters of names are decoded first, and places stay the original's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.replica import Replica
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.pool.query_problems import QueryMalformed, ServiceForbidden, UpdateForbidden
from calcigraph.sparql.escapes import decoded


def escaped(text: str, which: str, *, is_long: bool = False) -> str:
    """`text` with every character of `which` escaped."""
    digits = (lambda code: f"\\U{code:08X}") if is_long else (lambda code: f"\\u{code:04x}")
    return "".join(digits(ord(c)) if c in which else c for c in text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"SELECT (:e\u0078ample AS ?x) {}", "SELECT (:example AS ?x) {}"),
        (r"\u0053ELECT * { ?\u0073 ?p ?o }", "SELECT * { ?s ?p ?o }"),
        (r"ASK { ?s ?p ?o \u007D", "ASK { ?s ?p ?o }"),
        (r"ASK { ?\U0001F600 ?p ?o }", "ASK { ?\U0001f600 ?p ?o }"),
        (r"ASK { \u003Fs ?p 1\u002E5 }", "ASK { ?s ?p 1.5 }"),
        # In strings, IRIs and comments they are the engine's, or nobody's.
        (r'ASK { ?s ?p "\u0022" }', r'ASK { ?s ?p "\u0022" }'),
        (r"ASK { ?s ?p <http://x/\u00e9> } # \u000a }", r"ASK { ?s ?p <http://x/\u00e9> } # \u000a }"),
        (r"ASK { ?s ?p '''\\u0041''' }", r"ASK { ?s ?p '''\\u0041''' }"),
        # What would begin something else stays, and is refused.
        (r"ASK { ?s\u0020?p ?o }", r"ASK { ?s\u0020?p ?o }"),
        (r"ASK { ?s ?p \u0022a\u0022 }", r"ASK { ?s ?p \u0022a\u0022 }"),
        (r"ASK { ?s ?p \u003Chttp://x\u003E }", r"ASK { ?s ?p \u003Chttp://x\u003E }"),
        (r"ASK { ?s ?p ?\uD83D\uDE00 }", r"ASK { ?s ?p ?\uD83D\uDE00 }"),
        (r"ASK { ?s ?p ?\U00110000 }", r"ASK { ?s ?p ?\U00110000 }"),
        (r"ASK { ?s ?p ?\u12 }", r"ASK { ?s ?p ?\u12 }"),
    ],
)
def test_escapes_are_decoded_where_they_are_characters_of_names(written: str, meant: str) -> None:
    assert decoded(written).text == meant


@given(st.sampled_from("SELECTWHR?xp:{}.1"), st.booleans())
def test_query_with_any_character_escaped_is_the_same_query(which: str, is_long: bool) -> None:
    text = "PREFIX : <http://x/> SELECT ?x WHERE { ?x :p 1 . ?x a 'SELECT {' }"
    head, body = text[:21], text[21:]
    string = body.index("'")
    written = head + escaped(body[:string], which, is_long=is_long) + body[string:]
    assert decoded(written).text == text


@given(st.lists(st.sampled_from(["?a", r"?\u0061", "\n", "é", r"\u00e9", " "])))
def test_each_place_leads_back_to_the_original(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = decoded(text)
    lines = found.text.split("\n")
    for number, line in enumerate(lines, 1):
        original = text.split("\n")[number - 1]
        for column in range(1, len(line) + 1):
            place = found.place(number, column)
            assert place[0] == number
            at = original[place[1] - 1 :]
            assert decoded(at).text[:1] == line[column - 1]


def test_service_in_escapes_is_a_service_and_an_update_an_update() -> None:
    with pytest.raises(ServiceForbidden):
        Admission(Query(r"ASK { \u0053ERVICE <http://x/> { ?s ?p ?o } }"), {}).admitted()
    with pytest.raises(UpdateForbidden):
        Admission(Query(r"CLE\u0041R ALL"), {}).admitted()
    assert Admission(Query(r"SELECT (R\u0041ND() AS ?x) {}"), {}).admitted().survey.is_volatile


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("ASK {\n ?\\u0073 ?\\u0070 }", 2, 18),
        ("ASK { ?\\u0073 ?\\u0020 ?o }", 1, 16),
        ("\\u0053ELECT ?x { ?s ?p ?o } LIMIT ?\\u0078", 1, 35),
    ],
)
def test_messages_speak_of_the_text_as_it_was_sent(text: str, line: int, column: int) -> None:
    admission = Admission(Query(text), {})
    with pytest.raises(QueryMalformed) as problem, admission:
        admission.admitted()
    assert (problem.value.line, problem.value.column) == (line, column)


def test_escaped_query_is_answered() -> None:
    replica = Replica.load(b"<http://x/example> <http://x/p> <http://x/o> .")
    text = r"PREFIX : <http://x/> SELECT ?\u006F { :e\u0078ample :p ?o }"
    (row,) = replica.query(text)
    assert row["o"].value == "http://x/o"
