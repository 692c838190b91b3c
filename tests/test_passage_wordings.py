"""What the passages say, typed from their lines: verbs, figures, joint claims, conflicts and doubts."""

from __future__ import annotations

import re
from functools import cache

import pytest

from suites import shared
from test_claims import CG, DCTERMS, ID, TYPE, claims, graph

# The verb of a passage, or how it speaks without one, as read in the line of the document.
VERBS = {
    "c0-001": "be essential for",
    "c0-005": "be necessary for",
    "c0-006": "be linked to",
    "c0-017": "encourage",
    "c0-018": "not consistently show",
    "c0-021": "link to",
    "c0-025": "suggest",
    "c0-031": "be found in",
    "c0-035": "tableCellWording",
    "c0-049": "offer",
    "c0-051": "nounWording",
    "c0-056": "lack",
    "c0-060": "demonstrate",
    "c1-003": "nounWording",
    "c1-007": "appositionWording",
    "c1-008": "lead to",
    "c1-010": "provide",
    "c1-022": "be responsible for",
    "c1-030": "get",
    "c1-031": "need",
    "c1-040": "disappear from",
    "c1-042": "remain in",
    "c1-048": "headingWording",
    "c1-049": "reduce",
    "c1-050": "consume",
    "c1-053": "have",
    "c1-054": "adjectiveWording",
    "c1-060": "come from",
    "c1-083": "transport",
    "c1-086": "be investigated as",
    "c2-005": "stem from",
    "c2-011": "be",
    "c2-028": "increase",
    "c2-030": "lead to",
    "c2-046": "appositionWording",
    "c2-048": "block",
    "c2-057": "correlate with",
    "c2-059": "contribute to",
    "c2-063": "headingWording",
    "c2-075": "follow",
    "c3-001": "guide to",
    "c3-014": "maintain or increase",
    "c3-022": "produce",
    "c3-027": "include",
    "c3-041": "listItemWording",
    "c3-044": "contain",
    "c3-046": "provide",
    "c4-002": "not raise",
    "c4-016": "explain",
    "c4-017": "address",
    "c4-023": "experience",
    "c4-040": "rely on",
    "c4-044": "increase",
    "c4-047": "tableCellWording",
    "c4-053": "be",
    "c4-059": "show",
    "c4-072": "increase",
    "c4-079": "be",
    "c4-090": "aid in reversing",
    "c4-092": "not replace",
}
# Low, high, unit, how said, what of, the statements: as they stand in the lines of the documents.
FIGURES = {
    "180-ug-mk-7": (180, 180, "ug/d", "exactly", "mk-7", "c0-023"),
    "2-years-aortic-valve": (2, 2, "a", "exactly", "vitamin-k2-and-vitamin-d", "c0-027"),
    "90-360-ug-mk-7": (90, 360, "ug/d", "exactly", "mk-7", "c0-052"),
    "37-per-cent": (37, 37, "%", "exactly", "arterial-calcification", "c1-003 c1-004"),
    "6-weeks": (6, 6, "wk", "exactly", "arterial-calcification", "c1-003 c1-004"),
    "75-120-ug-vitamin-k2": (75, 120, "ug/d", "exactly", "vitamin-k2", "c1-010 c1-011"),
    "375-ug-vitamin-k2": (375, 375, "ug/d", "exactly", "vitamin-k2", "c1-012 c1-013"),
    "6-10-hours": (6, 10, "h", "exactly", "vitamin-k1", "c1-014"),
    "24-48-hours": (24, 48, "h", "exactly", "vitamin-k1", "c1-015"),
    "100-300-ug-vitamin-k2": (100, 300, "ug/d", "exactly", "vitamin-k2", "c1-030"),
    "45-ug-children": (45, 45, "ug/d", "exactly", "vitamin-k2", "c1-031"),
    "12-years": (12, 12, "a", "lessThan", "children-under-12", "c1-031"),
    "2h-mk-4": (2, 2, "h", "exactly", "mk-4", "c1-038"),
    "4h-mk-7": (4, 4, "h", "exactly", "mk-7", "c1-039"),
    "72-hours-mk-7": (72, 72, "h", "about", "mk-7", "c1-042"),
    "25-ug-vitamin-k2": (25, 25, "ug/d", "about", "vitamin-k2", "c1-049"),
    "57-per-cent": (57, 57, "%", "exactly", "heart-disease-mortality", "c1-049"),
    "10-mg-vitamin-k1": (10, 10, "mg/d", "exactly", "vitamin-k1", "c1-069"),
    "45-mg-vitamin-k2": (45, 45, "mg/d", "exactly", "vitamin-k2", "c1-070"),
    "2-years-safe": (2, 2, "a", "upTo", "vitamin-k", "c1-069 c1-070"),
    "18-years": (18, 18, "a", "lessThan", "vitamin-k2-medicine", "c1-072"),
    "4800-people": (4800, 4800, "{person}", "moreThan", "rotterdam-study", "c2-075"),
    "45-mg-mk-4": (45, 45, "mg/d", "exactly", "mk-4", "c3-039"),
    "150-180-ug-mk-7": (150, 180, "ug/d", "exactly", "mk-7", "c3-040"),
}
# What is said of several things together, and of which together.
JOINT = {
    "c0-024": "vitamin-k2 vitamin-d3",
    "c0-051": "vitamin-k2 vitamin-d3",
    "c0-062": "vitamin-k2 healthy-lifestyle risk-factor-control",
    "c1-080": "vitamin-k2 vitamin-d3",
    "c2-025": "matrix-gla-protein osteocalcin",
    "c3-020": "vitamin-k2 vitamin-d calcium",
    "c3-051": "vitamin-k2 vitamin-d calcium",
    "c4-001": "vitamin-k calcium",
    "c4-044": "vitamin-d calcium",
    "c4-045": "vitamin-k2 vitamin-d calcium",
    "c4-088": "vitamin-k2 vitamin-d calcium",
    "c4-093": "vitamin-k2 vitamin-d3 calcium",
}
JOINT_OBJECT = {"c4-040": "vitamin-k2 vitamin-d calcium"}
# Named beside the list of its members in the domain's table, by what it says.
BESIDE = {"X02": {"c1-031"}}
# Calendar years, references, numbers of a page, and digits that are part of a name.
NO_FIGURE = (
    r"mk-?\d|vk2|type 2|\bk[123]\b|\bd[23]\b|vitamin [a-z]\d|pmc\d+"
    r"|\d+[\u2013-]\d+\)|\(\s*\d+\s*\)|20\d\d"
)
# How the words of a line stand for the basic form of a verb.
IRREGULAR = {
    "be": "is are be being was were been",
    "have": "have has had",
    "give": "gives given gave",
    "become": "become",
    "keep": "keep keeps kept",
    "find": "found find",
    "make": "makes make made",
    "get": "getting",
    "build": "build",
    "begin": "begins",
    "not": "not no nor cannot without",
    "utilized": "utilized",
    "lead": "lead leading",
    "shown": "showed shown",
    "come": "comes",
    "proven": "proven",
    "disarmed": "disarmed",
    "misdirected": "misdirected",
    "known": "known",
}


@cache
def line_of(claim: str) -> str:
    (passage,) = graph().ids(claim, "statedIn")
    (document,) = graph().ids(passage, "passageOf")
    (name,) = graph().out[ID + document, DCTERMS + "identifier"]
    (number,) = graph().ids(passage, "line")
    text = (shared() / "seeds" / name).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    return text.lower()


def stands_in(word: str, line: str) -> bool:
    tokens = re.findall(r"[a-z]+", line)
    if word in IRREGULAR:
        return bool(set(IRREGULAR[word].split()) & set(tokens))
    stem = re.sub(r"(ied|ed|ing|e|y)$", "", word)
    return any(token.startswith(stem) for token in tokens)


@pytest.mark.parametrize("claim", VERBS)
def test_a_statement_has_the_verb_of_its_passage(claim: str) -> None:
    assert graph().ids(claim, "sourceVerb") + graph().ids(claim, "withoutVerb") == [VERBS[claim]]


def test_every_word_of_every_verb_stands_in_the_line_of_its_passage() -> None:
    missing = {
        (claim, verb): word
        for claim in claims()
        for verb in graph().ids(claim, "sourceVerb")
        # "Found in fermented foods" leaves the auxiliary out.
        for word in verb.removeprefix("be ").split()
        if not stands_in(word, line_of(claim))
    }

    assert missing == {}


def test_a_verb_that_the_line_does_not_have_is_noticed() -> None:
    assert stands_in("reduce", "it reduced the risk")
    assert not stands_in("cause", "which can lead to harm")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_one_that_the_passage_prints(name: str) -> None:
    g, figure = graph(), f"figure-{name}"
    low, high, unit, bound, of, statements = FIGURES[name]

    assert [float(value) for end in ("low", "high") for value in g.ids(figure, end)] == [low, high]
    assert g.ids(figure, "unit") == [unit]
    assert g.ids(figure, "figureBound") == [bound]
    assert g.ids(figure, "figureOf") == [of]
    assert sorted(g.ids(figure, "claimedIn")) == statements.split()
    for statement in statements.split():
        printed = re.sub(r"(?<=\d),(?=\d)", "", line_of(statement))
        numerals = {"6": "six", "2": "two", "10": "10"}
        for number in (low, high):
            assert {str(number), numerals.get(str(number), "")} & set(re.findall(r"\d+|[a-z]+", printed)), (
                number
            )


def test_no_figure_of_the_documents_is_left_out() -> None:
    g = graph()
    assert {node.removeprefix(ID) for node in g.back[TYPE, CG + "ClaimedFigure"]} == {
        f"figure-{name}" for name in FIGURES
    }
    told = {statement for *_, statements in FIGURES.values() for statement in statements.split()}
    lines = {line_of(statement) for statement in told}
    for claim in claims():
        text = line_of(claim)
        rest = re.sub(NO_FIGURE, "", text)
        assert text in lines or not re.search(r"\d", rest), (claim, re.findall(r"\S*\d\S*", rest))


@pytest.mark.parametrize("claim", [*JOINT, *JOINT_OBJECT])
def test_what_is_said_jointly_is_said_of_the_combination(claim: str) -> None:
    g = graph()
    end, members = (
        ("propositionSubject", JOINT[claim]) if claim in JOINT else ("propositionObject", JOINT_OBJECT[claim])
    )
    about = [p for p in g.ids(claim, "asserts") if g.ids(p, "propositionRelation") != ["examines"]]

    assert about
    for proposition in about:
        (thing,) = g.ids(proposition, end)
        assert set(g.ids(thing, "hasComponent")) == set(members.split()), proposition


def test_no_line_of_a_passage_is_about_what_it_does_not_state() -> None:
    g = graph()
    for claim in claims():
        assert g.bears_on(claim) == set(g.ids(claim, "asserts")), claim


def table_of(section: str) -> dict[str, set[str]]:
    """Numbers and members of a table in the domain's list of conflicts."""
    text = (shared() / "domain/conflicts.md").read_text(encoding="utf-8").partition(section)[2]
    found = {}
    for row in text.split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) > 3 and re.fullmatch(r"[XD]\d\d", cells[1]):
            found[cells[1]] = members(cells[2])
    return found


def members(cell: str) -> set[str]:
    """`c1-067/068`, `c1-077..079`, `c2-043/044` and the like in full."""
    found: set[str] = set()
    for document, first, rest in re.findall(r"c(\d)-(\d{3})((?:/\d{3}|\.\.(?:c\d-)?\d{3})*)", cell):
        found.add(f"c{document}-{first}")
        last = first
        for mark, number in re.findall(r"(/|\.\.)(?:c\d-)?(\d{3})", rest):
            start = int(number) if mark == "/" else int(last) + 1
            found.update(f"c{document}-{i:03d}" for i in range(start, int(number) + 1))
            last = number
    return found


@pytest.mark.parametrize(
    ("section", "relation", "count"),
    [("## 1. Contradictions", "conflict", 24), ("## 3. Likely wrong", "doubt", 32)],
)
def test_conflicts_and_doubts_have_the_members_of_the_domain_s_list(
    section: str, relation: str, count: int
) -> None:
    listed = table_of(section)
    held = {
        number: {
            node.removeprefix(ID) for node in graph().back[CG + relation, f"{ID}{relation}-{number.lower()}"]
        }
        for number in listed
    }

    assert len(listed) == count
    assert held == {number: ids | BESIDE.get(number, set()) for number, ids in listed.items()}
