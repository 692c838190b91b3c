"""Texts that were cut, nested or copied badly: refused with line and column, or admitted; nothing else."""

from __future__ import annotations

import unicodedata

import pytest

from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.replica import Replica
from calcigraph.errors import Problem
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.pool.query_problems import QueryMalformed, QueryRefused, ServiceForbidden, UpdateForbidden

REPLICA = Replica.load(b"<http://x/a> <http://x/p> <http://x/b> <http://x/g> .")
CUT = r"""# A comment with é
PREFIX ex: <http://example.org/> BASE <http://x/>
SELECT DISTINCT ?a (COUNT(?b) AS ?n) (GROUP_CONCAT(?c ; SEPARATOR="\n") AS ?t) FROM <http://x/g>
WHERE { ?a ex:p|^ex:q/(<r>* | !(a|^ex:s))+ "text"@en-GB , '''long ' "text''' , 1.5e3 ; a [ ex:p ( 1 true ) ] .
  << ?a ex:p ?b >> ex:said -2 . \u003Fa ex:local%20name\-x $d
  OPTIONAL { ?a ?b ?c FILTER(?c < 5 && !(?b IN (ex:p, <q>)) || NOT EXISTS { ?c ?d ?e }) }
  { VALUES (?x ?y) { (UNDEF 1) (ex:p "a"^^ex:t) } } UNION { GRAPH ?g { ?s ?p ?o MINUS { ?s ?p 1 } } }
  BIND(IF(BOUND(?c), REGEX(STR(?c), "^a\\.b"), COALESCE(?d, 1 + 2 * -3)) AS ?k)
} GROUP BY ?a HAVING (COUNT(?b) > 1) ORDER BY DESC(?n) ?a LIMIT 10 OFFSET 5"""
# In a name, at its beginning and in its middle.
PLACES = (
    "ASK {{\n ?{0} ?p ?o }}",
    "ASK {{\n ?a{0}b ?p ?o }}",
    "PREFIX {0}: <http://x/> ASK {{ ?s ?p ?o }}",
    "PREFIX ex: <http://x/>\nASK {{ ex:a{0} ?p ?o }}",
    "ASK {{\n _:{0} ?p ?o }}",
    "ASK {{\n <http://x/{0}> ?p ?o }}",
    "ASK {{\n ?s ?p 'a'@{0} }}",
    "SEL{0}ECT * {{ ?s ?p ?o }}",
    "SELECT (ST{0}R(?s) AS ?x) {{ ?s ?p ?o }}",
    "{0}ASK {{ ?s ?p ?o }}",
    "ASK {{ ?s ?p 1{0} }}",
)


def outcome(text: str, *, evaluated: bool = True) -> str:
    """What becomes of `text`: an answer, or the name of the problem, which has its place where it is one of
    the text."""
    met = problem_of(text, evaluated)
    if not isinstance(met, QueryMalformed):
        return "answered" if met is None else type(met).__name__
    lines = text.split("\n")
    assert 1 <= met.line <= len(lines), (text, met)
    assert 1 <= met.column <= len(lines[met.line - 1]) + 1, (text, met)
    return "malformed"


def problem_of(text: str, evaluated: bool) -> Problem | None:
    """Why `text` is not answered, None where it is."""
    admission = Admission(Query(text), {})
    try:
        with admission:
            admitted = admission.admitted()
            if evaluated:
                REPLICA.query(admitted.query)
    except (QueryMalformed, QueryRefused, CorrectionRefused, ServiceForbidden, UpdateForbidden) as problem:
        return problem
    return None


def test_text_that_is_cut_at_any_character_is_malformed_there_or_answered() -> None:
    assert outcome(CUT) == "answered"
    found = {outcome(CUT[:end]) for end in range(len(CUT))}
    assert found == {"malformed", "answered"}


def test_text_that_lacks_any_character_is_malformed_or_answered() -> None:
    found = [outcome(CUT[:at] + CUT[at + 1 :], evaluated=False) for at in range(len(CUT))]
    assert set(found) == {"malformed", "answered"}
    assert min(found.count("malformed"), found.count("answered")) > 100


def blocks(step: int) -> list[str]:
    """Characters from everywhere in Unicode, those among them that are no characters."""
    return [chr(code) for code in range(0, 0x110000, step)]


def judge(characters: list[str]) -> None:
    answered = dict.fromkeys(PLACES, 0)
    for character in characters:
        for place in PLACES:
            answered[place] += outcome(place.format(character)) == "answered"
    # Every kind of place has characters that belong there and characters that do not, but for keywords.
    assert all(0 < answered[place] < len(characters) for place in PLACES[:6])


def test_characters_of_every_part_of_unicode_in_every_place_of_a_name() -> None:
    ascii_and_controls = [chr(code) for code in range(0x250)]
    judge(ascii_and_controls + blocks(0x700))


@pytest.mark.campaign
def test_every_sixteenth_character_of_unicode_in_every_place_of_a_name() -> None:
    judge(blocks(16))


OPENED = {
    "groups": "SELECT * " + "{" * 20_000,
    "parentheses": "SELECT (" + "(" * 20_000,
    "brackets": "ASK { ?s ?p " + "[ ?p " * 20_000,
    "lists": "ASK { ?s ?p " + "(" * 20_000,
    "paths": "ASK { ?s " + "(" * 20_000,
    "triples": "ASK { " + "<< " * 20_000,
    "triple terms": "ASK { ?s ?p " + "<<( ?s ?p " * 20_000,
    "annotations": "ASK { ?s ?p ?o " + "{| ?p ?o " * 20_000,
    "calls": "SELECT (" + "STR(" * 20_000,
    "aggregates": "SELECT (" + "SUM(" * 20_000,
    "exists": "ASK { " + "FILTER EXISTS { " * 20_000,
    "sub-selects": "ASK " + "{ SELECT * " * 20_000,
    "templates": "CONSTRUCT { " + "?s ?p [ " * 20_000,
    "values": "SELECT * { VALUES (?x) { " + "(" * 20_000,
    "negations": "ASK { FILTER(" + "!" * 20_000,
    "signs": "ASK { FILTER(" + "-" * 20_000,
    "sequences": "ASK { ?s " + "^" * 20_000,
    "strings": "ASK { ?s ?p " + "'''" * 20_000,
    "escapes": "ASK { " + r"\u007B" * 20_000,
    "closing": "ASK { " + "}" * 20_000,
    "quotes": "ASK { ?s ?p '" + "\\'" * 20_000,
}


@pytest.mark.parametrize("name", OPENED)
def test_twenty_thousand_of_one_kind_are_refused(name: str) -> None:
    assert outcome(OPENED[name]) in ("malformed", "QueryRefused")


def test_characters_beyond_the_basic_plane_are_names_by_the_grammar() -> None:
    assert unicodedata.name("\U0001f600") == "GRINNING FACE"
    assert outcome("ASK { ?\U0001f600 ?p ?o }") == "QueryRefused"
    assert outcome("SELECT ?x { ?x ?p '\U0001f600' }") == "answered"


@pytest.mark.parametrize("opened", ["GRAPH ?g { ?s ?p ?o ", "GRAPH ?g { { VALUES ?s { 1 } "])
def test_what_would_be_corrected_too_deep_is_refused_and_not_answered(opened: str) -> None:
    closed = "}" * (opened.count("{") - opened.count("}"))
    depth = 58 // len(closed)
    text = "SELECT * { " + opened * depth + closed * depth + " }"
    assert outcome(text) in ("answered", "CorrectionRefused")
