"""REGEX and REPLACE are those of XPath (XPath and XQuery Functions and Operators 3.1, section 5.6; XML Schema
Part 2, appendix F)."""

from __future__ import annotations

import random
import re
import unicodedata

import pyoxigraph as ox
import pytest

from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.functions.matching import compiled
from calcigraph.engine.regular_expressions.engine_syntax import for_engine
from calcigraph.engine.regular_expressions.expression_reader import RegularExpressionInvalid, read
from calcigraph.engine.replica import Replica
from conftest import Server

REPLICA = Replica.load(b"")
ERROR = None
TERM = re.compile(r"""\'\'\'.*?\'\'\'|(?:"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')(?:@en)?|5""")


def value(expression: str, where: str = "") -> str | None:
    solutions = REPLICA.query(f"SELECT ({expression} AS ?r) {{ {where} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    (found,) = next(solutions)
    return None if found is None else str(found) if found.language else found.value


def written(text: str) -> str:
    return str(ox.Literal(text))


# Pattern, flags, a text in which it is found, and one in which it is not (None where there is none).
MATCHES = [
    (r"^\i\c*$", "", "a1", "1a"),
    (r"^\I\C$", "", "1 ", "a "),
    (r"^[\i-[:]][\c-[:]]*$", "", "xs", "x:s"),
    (r"^\c+$", "", "a:b-c.d·", "a b"),
    (r"\p{IsGreek}", "", "\u03b1", "a"),
    (r"\p{IsGreekandCoptic}", "", "\u03b1", "ἀ"),
    (r"\p{IsGreekExtended}", "", "ἀ", "\u03b1"),
    (r"\P{IsBasicLatin}", "", "é", "e"),
    (r"^\p{IsPrivateUse}$", "", "\ue000", "a"),
    (r"^[\p{IsBasicLatin}-[aeiou]]$", "", "b", "e"),
    (r"^[a-z-[aeiou]]$", "", "b", "e"),
    (r"^[^a-z-[AEIOU]]$", "", "B", "E"),
    (r"^[a-z-[b-y-[m]]]+$", "", "amz", "b"),
    (r"^[\d-[5]]$", "", "4", "5"),
    (r"^(a)\1$", "", "aa", "ab"),
    (r"^(a|b)\1$", "", "bb", "ab"),
    (r"^(?:(a)|b)\1$", "", "b", "ab"),
    (r"^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10$", "", "abcdefghijj", "abcdefghija0"),
    (r"^(a)\10$", "", "aa0", "a10"),
    (r"^('|\").*\1$", "", "'x'", "'x\""),
    (r"^(a)\1$", "i", "aA", "aB"),
    (r"^a+?$", "", "aaa", "b"),
    (r"^a{2,3}$", "", "aaa", "a"),
    (r"^a{2}$", "", "aa", "aaa"),
    (r"^a{2,}?$", "", "aaaa", "a"),
    (r"^\w$", "", "é", "_"),
    (r"^\w$", "", "$", "-"),
    (r"^\W$", "", "_", "a"),
    (r"^[\w_]+$", "", "a_b", "a-b"),
    (r"^[^\W]$", "", "a", "-"),
    (r"^\d$", "", "٣", "x"),
    (r"^\D$", "", "x", "٣"),
    (r"^\s$", "", "\t", "\u00a0"),
    (r"^\S$", "", "\u00a0", " "),
    (r"^.$", "", "\r", "\n"),
    (r"^.$", "s", "\n", ""),
    (r"^b$", "m", "a\nb\nc", "a b"),
    (r"^b$", "", "b", "a\nb"),
    (r"b$", "", "ab", "b\n"),
    (r"a b", "x", "ab", "a b"),
    (r"a[ ]b", "x", "a b", "ab"),
    (r"a #b", "x", "a#b", "ab"),
    (r"\ta", "x", "\ta", "a"),
    (r"a.c", "q", "a.c", "abc"),
    (r"A.C", "qi", "a.c", "abc"),
    (r"$1[", "q", "a$1[", "a1"),
    (r"^a$", "i", "A", "b"),
    (r"^[^q]$", "i", "a", "Q"),
    (r"^[A-Z-[IO]]$", "i", "b", "o"),
    (r"^\p{Lu}$", "i", "A", "a"),
    (r"^[\p{Lu}x]$", "i", "X", "a"),
    (r"^[^\p{Lu}x]$", "i", "a", "X"),
    (r"^[\p{IsBasicLatin}é]$", "i", "É", "\u017f"),
    (r"^\p{L}\p{Nd}\p{Zs}\p{Sc}$", "", "a1 €", "a1 -"),
    (r"^[&&a~~]$", "", "&", "b"),
    (r"^[a^-]$", "", "^", "b"),
    (r"^[\]\[\\]$", "", "\\", "a"),
    (r"^\(\)\*\+\?\.\|\{\}\^\-$", "", "()*+?.|{}^-", "x"),
    (r"^(?:a|b)+$", "", "abba", "c"),
    (r"^(|a)$", "", "", "b"),
    (r"^\w{40}$", "", "a" * 40, "a" * 39),
    (r"^[a-z]{3000}$", "", "b" * 3000, "b"),
    (r"^\p{Lo}+$", "", "日本語", "abc"),
    (r"^😀.$", "", "😀x", "😀"),
    # More than the letter has: see `expression_reader`.
    (r"\bb", "", "a b", "ab"),
    (r"(?i)^ab$", "", "AB", "b"),
    (r"^a\/b\@c$", "", "a/b@c", "a"),
]


@pytest.mark.parametrize(("pattern", "flags", "text", "other"), MATCHES)
def test_what_is_found_is_what_xpath_finds(pattern: str, flags: str, text: str, other: str | None) -> None:
    in_query = f"{written(pattern)}, {written(flags)}"
    for subject, expected in ((text, "true"), (other, "false")):
        assert subject is not None
        assert value(f"REGEX({written(subject)}, {in_query})") == expected
        values = f"BIND({written(subject)} AS ?t) BIND({written(pattern)} AS ?p) BIND({written(flags)} AS ?f)"
        assert value("REGEX(?t, ?p, ?f)", values) == expected


REPLACEMENTS = [
    ('"darted", "^(.*?)d(.*)$", "$1c$2"', "carted"),
    ('"2024-05-01", "(\\\\d+)-(\\\\d+)-(\\\\d+)", "$3_$2_$1"', "01_05_2024"),
    ('"abracadabra", "bra", "*"', "a*cada*"),
    ('"abracadabra", "a.*a", "*"', "*"),
    ('"abracadabra", "a.*?a", "*"', "*c*bra"),
    ('"abracadabra", "a", ""', "brcdbr"),
    ('"abracadabra", "a(.)", "a$1$1"', "abbraccaddabbra"),
    ('"abracadabra", ".*?", "$1"', ERROR),
    ('"AAAA", "A+", "b"', "b"),
    ('"AAAA", "A+?", "b"', "bbbb"),
    ('"reluctant", "r.*?t", "X"', "Xant"),
    ('"abcd", "(ab)|(a)", "[1=$1][2=$2]"', "[1=ab][2=]cd"),
    ('"abc", "b", "$0$0"', "abbc"),
    ('"abc", "(b)", "$12"', "ab2c"),
    ('"abc", "(b)", "$2"', "ac"),
    ('"abcdefghijk", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11$10$1"', "kja"),
    ('"abc", "(b)", "$1x"', "abxc"),
    ('"abc", "(b)", "${1}"', ERROR),
    ('"abc", "b", "\\\\$"', "a$c"),
    ('"abc", "b", "\\\\\\\\"', "a\\c"),
    ('"abc", "b", "$"', ERROR),
    ('"abc", "b", "$$"', ERROR),
    ('"abc", "b", "x$"', ERROR),
    ('"abc", "b", "\\\\x"', ERROR),
    ('"abc", "b", "\\\\"', ERROR),
    ('"abc", "x*", "-"', ERROR),
    ('"abc", "^", "-"', ERROR),
    ('"abc", "$", "-"', ERROR),
    ('"abc", "", "-"', ERROR),
    ('"abab", "B", "Z", "i"', "aZaZ"),
    ('"a.c", ".", "x", "q"', "axc"),
    ('"a.c", ".", "$1\\\\", "q"', "a$1\\c"),
    ('"a b", "a b", "x", "x"', "a b"),
    ('"abba", "(.)\\\\1", "[$1]"', "a[b]a"),
    ('"abc"@en, "b", "Z"', '"aZc"@en'),
    ('"abb"@en, "(b)\\\\1", "$1"', '"ab"@en'),
    ('"abc", "b"@en, "Z"', ERROR),
    ('"abc", "b", "Z"@en', ERROR),
    ('5, "5", "6"', ERROR),
    ('"a😀b", "😀", "$0$0"', "a😀😀b"),
    ("'''a\"b''', '\"', '\\\\$1'", "a$1b"),
]


@pytest.mark.parametrize(("arguments", "expected"), REPLACEMENTS)
def test_replacement_is_that_of_xpath(arguments: str, expected: str | None) -> None:
    assert value(f"REPLACE({arguments})") == expected
    assert value(f'COALESCE(REPLACE({arguments}), "error")') == ("error" if expected is None else expected)


@pytest.mark.parametrize(("arguments", "expected"), REPLACEMENTS)
def test_replacement_is_the_same_where_it_is_known_only_when_the_query_runs(
    arguments: str, expected: str | None
) -> None:
    terms = TERM.findall(arguments)
    assert len(terms) in (3, 4)
    names = ["?a", "?b", "?c", "?d"][: len(terms)]
    rows = f"VALUES ({' '.join(names)}) {{ ({' '.join(terms)}) }}"
    assert value(f"REPLACE({', '.join(names)})", rows) == expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[", "a `]` is missing"), ("a)", "write `\\)`"), ("(a", "a `)` is missing"), ("]", "write `\\]`"),
        ("a{,3}", "n,m"), ("a{3,2}", "fewer"), ("a**", "nothing to repeat"), ("*", "nothing to repeat"),
        ("a(?=b)", "look ahead"), ("(?<!a)b", "look behind"), ("(?P<x>a)", "names for groups"),
        ("\\x41", "`\\x`"), ("\\z", "`\\z`"), ("(a\\1)", "no group"), ("\\1(a)", "no group"),
        ("[z-a]", "span"),
        ("[a-\\d]", "span"), ("\\p{IsNothing}", "neither a category"), ("\\p{Foo}", "neither a category"),
        ("\\pL", "in braces"), ("[]", "in a class"), ("[^]", "in a class"), ("\\", "no `\\`"),
        ("a|*", "repeat"),
        ("[a-[b]c]", "stands last"), ("[[:alpha:]]", "in a class"), ("(" * 120 + ")" * 120, "100"),
    ],
)  # fmt: skip
def test_what_is_no_expression_of_xpath_is_refused_with_its_reason(pattern: str, reason: str) -> None:
    with pytest.raises(RegularExpressionInvalid) as invalid:
        read(pattern)
    assert reason in str(invalid.value)
    for call in (f'REGEX("x", {written(pattern)})', f'REPLACE("x", {written(pattern)}, ?y)'):
        with pytest.raises(CorrectionRefused) as refused:
            value(call)
        assert str(invalid.value) in refused.value.detail
        assert refused.value.place is not None
    assert value("REGEX('x', ?p)", f"BIND({written(pattern)} AS ?p)") is ERROR


def test_unknown_flags_are_refused_and_an_error_where_they_come_late() -> None:
    with pytest.raises(CorrectionRefused, match="no flag 'g'"):
        value('REGEX("x", "x", "g")')
    assert value('REGEX("x", "x", ?f)', 'BIND("g" AS ?f)') is ERROR


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?x { VALUES ?x { "aa" "ab" } FILTER(REGEX(?x, "^(.)\\\\1$")) }',
        'SELECT ?x { VALUES ?x { "aa" "ab" } FILTER(EXISTS { FILTER(REGEX(?x, "^(.)\\\\1$")) }) }',
        'SELECT ?x { VALUES ?x { "aa" "ab" } } GROUP BY ?x HAVING(REGEX(?x, "^(.)\\\\1$"))',
        'SELECT ?x { VALUES ?x { "ab" "aa" } } ORDER BY DESC(REGEX(?x, "^(.)\\\\1$")) LIMIT 1',
        'SELECT ?x { { SELECT (REPLACE(?y, "(b)b", "$1a") AS ?x) { VALUES ?y { "bb" } } } '
        'VALUES ?x { "ba" } } ',
        'SELECT (REPLACE(REPLACE("bb", "(b)b", "a$1"), "(a)b", "$1a") AS ?x) {}',
        'SELECT (MIN(REPLACE(?y, "(a)b", "$1a")) AS ?x) { VALUES ?y { "ab" "b" } }',
    ],
)
def test_expressions_are_read_as_xpath_wherever_they_stand(query: str) -> None:
    solutions = REPLICA.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution[0].value for solution in solutions] == ["ba" if '?y { "bb"' in query else "aa"]


def test_engine_and_python_find_the_same_by_chance() -> None:
    chance = random.Random(5)
    atoms = [
        "a",
        "b",
        "[ab]",
        "[^a]",
        ".",
        "(a)",
        "(?:b|a)",
        "\\d",
        "\\s",
        "\\p{L}",
        "[a-z-[b]]",
        "^",
        "$",
        "\\i",
    ]
    found = compared = 0
    for _ in range(400):
        pattern = "".join(
            chance.choice(atoms) + chance.choice(["", "", "*", "+?", "{1,2}"]) for _ in range(3)
        )
        text = "".join(chance.choice("ab1 \n") for _ in range(5))
        flags = chance.choice(["", "i", "s", "m", "x"])
        python = compiled(pattern, flags)
        assert python is not None
        expression = read(pattern, flags)
        arguments = ", ".join(map(written, [text, for_engine(expression), expression.flags]))
        solutions = ox.Store().query(f"SELECT (REGEX({arguments}) AS ?r) {{}}")
        assert isinstance(solutions, ox.QuerySolutions)
        (answer,) = next(solutions)
        assert answer is not None
        assert (answer.value == "true") == bool(python.search(text)), (pattern, text, flags)
        compared += 1
        found += answer.value == "true"
    assert min(found, compared - found) > 80, "most patterns are found, or are not"


def test_categories_are_those_of_unicode() -> None:
    chance = random.Random(3)
    letters = [chr(chance.randint(0x20, 0x2FFF)) for _ in range(60)]
    for letter in (each for each in letters if unicodedata.category(each) != "Cn"):
        category = unicodedata.category(letter)
        for name in (category, category[0]):
            for matcher in (f"^\\p{{{name}}}$", f"^[\\p{{{name}}}]$"):
                assert value(f"REGEX({written(letter)}, {written(matcher)})") == "true", (letter, matcher)
            other = f"^\\P{{{name}}}$"
            assert value(f"REGEX({written(letter)}, {written(other)})") == "false"


@pytest.mark.parametrize("pattern", ["a", "^abc$", "a b", "x-y_z"])
def test_what_both_read_alike_is_left_to_the_engine(pattern: str) -> None:
    assert for_engine(read(pattern)).replace("\\", "") == pattern


def test_pattern_that_takes_for_ever_ends_with_the_deadline_and_harms_nobody(toy: Server) -> None:
    query = f"""SELECT (REGEX("{"a" * 40}b", "^((a+)+)\\\\1\\\\2$") AS ?r) {{}}"""
    reply = toy.ask(query, timeout="1")
    assert reply.status == 503
    assert toy.rows('SELECT (REGEX("aa", "^(a)\\\\1$") AS ?r) {}') == [{"r": "true"}]


def test_pattern_that_is_none_is_400_with_its_place_and_what_to_write(toy: Server) -> None:
    reply = toy.ask("SELECT ?s {\n  ?s ?p ?o FILTER(REGEX(?o, 'a(?=b)')) }")
    assert reply.status == 400
    assert "use a second REGEX" in reply.json["detail"]
    assert (reply.json["line"], reply.json["column"]) == (2, 29)
