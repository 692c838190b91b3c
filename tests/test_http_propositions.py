"""The contradiction view: what speaks for a proposition beside what speaks against it, and on what ground."""

from __future__ import annotations

import html
import itertools
import re
import shutil
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from calcigraph.web.views.propositions import MOST_LINES, STANCES
from conftest import BROWSER, ROOTS, Server
from test_http_pages import SCHEMES, Page, is_own_script, urlsplit

SERVER = "https://w3id.org/calcigraph/server#"
PREFIX = f"PREFIX srv: <{SERVER}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


def section(page: str) -> str:
    """The contradiction view of a page, "" where it has none."""
    found = re.search(r'<section class="contradiction".*?</section>\s*(?=<div data-resource)', page, re.S)
    return found[0] if found else ""


def stances(page: str) -> list[tuple[str, int]]:
    """The columns of the table: the stance of each, and how many lines take it."""
    heads = re.findall(r'<th scope="col" id="stance-\d+".*?</th>', section(page), re.S)
    found = [(re.search(r'title="(?:srv:)?([^"]*)"', h), re.search(r'class="count">(\d+)', h)) for h in heads]
    return [(s[1], int(n[1])) for s, n in found if s and n]


def rows(page: str) -> list[tuple[str, list[str]]]:
    """The rows of the table: the text of the heading, "" where there is none, and the cells."""
    body = re.search(r'<table class="stances.*?<tbody>(.*?)</tbody>', section(page), re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    heads = [re.search(r'<th scope="row".*?</th>', row, re.S) for row in found]
    cells = [re.findall(r"<td data-stance.*?</td>", row, re.S) for row in found]
    return [(text(head[0]) if head else "", each) for head, each in zip(heads, cells, strict=True)]


def columns(page: str) -> list[str]:
    """What stands under each stance, all rows together."""
    return ["".join(cells) for cells in zip(*(cells for _, cells in rows(page)), strict=True)]


def text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def view(server: Server, iri: str) -> str:
    reply = server.get(server.path_of(iri) + ".html", BROWSER)
    assert reply.status == 200
    return reply.text


def propositions(server: Server, most: int = 6) -> list[str]:
    """Propositions with the most stances, then those with the most lines."""
    rows = server.rows(
        PREFIX + "SELECT ?p (COUNT(DISTINCT ?s) AS ?stances) (COUNT(DISTINCT ?l) AS ?lines) "
        "{ ?l srv:proposition ?p ; srv:stance ?s } GROUP BY ?p ORDER BY DESC(?stances) DESC(?lines) ?p "
        f"LIMIT {most}"
    )
    assert len(rows) >= min(most, 4)
    return [row["p"] for row in rows]


def test_stances_stand_side_by_side_in_their_order_each_with_its_count(server: Server) -> None:
    seen = 0
    for iri in propositions(server):
        lines = server.rows(
            PREFIX + f"SELECT DISTINCT ?l ?s {{ ?l srv:proposition <{iri}> ; srv:stance ?s }}"
        )
        counts = Counter(row["s"] for row in lines)
        expected = [(s.value.removeprefix(SERVER), counts[s.value]) for s in STANCES if counts[s.value]]
        assert stances(view(server, iri)) == expected, iri
        seen += len(expected) > 1
    assert seen, "some are contested"


def test_each_line_shows_its_evidence_sources_and_grades_in_the_column_of_its_stance(server: Server) -> None:
    for iri in propositions(server, 4):
        page = view(server, iri)
        shown = dict(zip((name for name, _ in stances(page)), columns(page), strict=True))
        rows = server.rows(
            PREFIX + f"SELECT ?s ?l ?e ?from ?grade {{ ?l srv:proposition <{iri}> ; srv:stance ?s ; "
            "srv:evidence ?e OPTIONAL { ?e srv:source ?from } OPTIONAL { ?l srv:grade ?grade } }"
        )
        assert rows
        for row in rows:
            column = shown[row["s"].removeprefix(SERVER)]
            for name in ("l", "e", "from", "grade"):
                if name in row:
                    assert f'href="{server.path_of(row[name])}"' in column, (iri, row)


def test_a_source_is_shown_with_its_position_and_the_larger_source(server: Server) -> None:
    rows = server.rows(
        PREFIX + "SELECT ?p ?from ?position ?whole { ?l srv:proposition ?p ; srv:evidence ?e . ?e srv:source "
        "?from . ?from srv:position ?position ; srv:partOf ?whole } ORDER BY ?p ?from LIMIT 3"
    )
    assert rows
    for row in rows:
        shown = section(view(server, row["p"]))
        assert re.search(
            rf'href="{re.escape(server.path_of(row["from"]))}".*?position {row["position"]}\s+in\s+'
            rf'<a href="{re.escape(server.path_of(row["whole"]))}"',
            shown,
            re.S,
        ), row


def test_contested_is_said_of_those_that_are_and_of_no_other(server: Server) -> None:
    for value, wanted in (("true", True), (None, False)):
        pattern = "?p srv:contested true" if value else "FILTER NOT EXISTS { ?p srv:contested true }"
        rows = server.rows(
            PREFIX
            + f"SELECT ?p {{ ?p a srv:Proposition {'.' if value else ''} {pattern} }} ORDER BY ?p LIMIT 2"
        )
        assert rows
        for row in rows:
            heading = re.search(r"<h2>.*?</h2>", section(view(server, row["p"])), re.S)
            assert heading
            assert ("contested" in heading[0]) is wanted, row


def test_decisions_conditions_and_contexts_are_told(server: Server) -> None:
    rows = server.rows(
        PREFIX + "SELECT ?p ?verdict ?reason ?basis { ?d srv:decides ?p ; srv:verdict ?verdict ; "
        "srv:reason ?reason ; srv:basis ?basis } ORDER BY ?p ?basis LIMIT 4"
    )
    assert rows
    for row in rows:
        shown = section(view(server, row["p"]))
        assert f'title="srv:{row["verdict"].removeprefix(SERVER)}"' in shown
        assert row["reason"] in text(shown)
        assert f'href="{server.path_of(row["basis"])}"' in shown
    conditions = server.rows(PREFIX + "SELECT ?p ?text { ?p srv:condition ?text } ORDER BY ?p LIMIT 2")
    assert conditions
    for row in conditions:
        assert f"only {row['text']}" in text(section(view(server, row["p"])))


def compared(server: Server) -> list[str]:
    """What the root's shapes say that evidence is compared by, in their order."""
    sh = "http://www.w3.org/ns/shacl#"
    values = {(t.subject, t.predicate.value): t.object for f in server.root.shapes for t in f.triples}
    shapes = [s for (s, p), o in values.items() if p == f"{sh}group" and o.value == f"{SERVER}comparison"]
    assert shapes
    return [
        values[s, f"{sh}name"].value
        for s in sorted(shapes, key=lambda s: float(values[s, f"{sh}order"].value))
    ]


def test_evidence_can_be_compared_by_each_heading_that_the_shapes_give(server: Server) -> None:
    iri = propositions(server, 1)[0]
    page = view(server, iri)
    offered = re.findall(r'<a href="\?by=([^"#]*)#evidence"', section(page))
    names = [name for name in compared(server) if name.replace(" ", "+") in offered]
    assert len(names) == len(offered) > 1
    lines = sum(count for _, count in stances(page))
    seen = set()
    for name in [*names, "no such heading"]:
        page = server.get(server.path_of(iri) + ".html?" + urlencode({"by": name}), BROWSER).text
        assert sum(count for _, count in stances(page)) == lines
        assert sum(cell.count('class="entry"') for _, cells in rows(page) for cell in cells) == lines
        seen.add(tuple(head for head, _ in rows(page)))
    assert len(seen) > 1


def test_rows_hold_the_lines_whose_value_they_are_named_after(servers: Callable[[str], Server]) -> None:
    shipped = servers("shipped")
    cg = shipped.root.namespace + "ontology/"
    for iri in propositions(shipped, 3):
        asked = shipped.rows(
            PREFIX
            + f"SELECT ?design ?stance ?e {{ ?l srv:proposition <{iri}> ; srv:stance ?stance ; srv:evidence "
            f"?e . ?e <{cg}findingOf>/<{cg}design>/rdfs:label ?design }}"
        )
        assert asked
        page = view(shipped, iri)
        order = [name for name, _ in stances(page)]
        found = {head.rpartition(" ")[0]: cells for head, cells in rows(page)}
        for row in asked:
            cell = found[row["design"]][order.index(row["stance"].removeprefix(SERVER))]
            assert f'href="{shipped.path_of(row["e"])}"' in cell


def test_amounts_are_told_with_their_unit_and_what_they_are_of(server: Server) -> None:
    found = server.rows(
        PREFIX
        + "SELECT ?p ?low ?high ?unit ?of { ?l srv:proposition ?p ; srv:evidence ?e . ?e srv:amount ?a . "
        "?a srv:low ?low ; srv:high ?high ; srv:unit ?unit ; srv:amountOf/rdfs:label ?of } "
        "ORDER BY ?p LIMIT 5"
    )
    assert found
    for row in found:
        low, high = (row[end].removesuffix(".0") for end in ("low", "high"))
        span = low if low == high else f"{low} to {high}"
        assert f"{row['of']} {span} {row['unit']}" in text(section(view(server, row["p"]))), row


def test_what_a_source_retells_of_a_work_stands_beside_what_came_out_of_that_work(server: Server) -> None:
    found = server.rows(
        PREFIX
        + "SELECT DISTINCT ?p ?said ?work ?result ?stance { ?l srv:proposition ?p ; srv:evidence ?said . "
        "?said srv:retells ?work . ?result srv:resultOf ?work . ?other srv:proposition ?p ; "
        "srv:evidence ?result ; srv:stance ?stance } ORDER BY ?p ?said LIMIT 6"
    )
    assert found
    for row in found:
        table = re.search(r'<table class="works">.*?</table>', section(view(server, row["p"])), re.S)
        assert table
        lines = [
            line
            for line in re.findall(r"<tr>.*?</tr>", table[0], re.S)
            if server.path_of(row["said"]) in line
        ]
        (line,) = [line for line in lines if f'href="{server.path_of(row["work"])}"' in line]
        assert f'href="{server.path_of(row["result"])}"' in line
        assert row["stance"].removeprefix(SERVER) in line


def test_the_figures_of_evidence_stand_with_it(toy: Server) -> None:
    page = view(toy, f"{toy.namespace}id/p-pump-2-feeds-high-tank")
    supports, refutes = (text(column) for column in columns(page))
    assert "A. Fitter" in text(section(page))
    assert "A. Fitter" not in refutes
    assert "3.8 m3/h (3.1 to 4.4)" in supports
    assert "0.1 m3/h (-0.2 to 0.4)" in refutes


def test_what_is_no_proposition_has_no_such_section(server: Server) -> None:
    rows = server.rows(
        PREFIX
        + f"SELECT DISTINCT ?s {{ ?s rdfs:label ?l FILTER(STRSTARTS(STR(?s), '{server.namespace}id/')) "
        "FILTER NOT EXISTS { ?s a srv:Proposition } } ORDER BY STR(?s)"
    )
    assert rows
    for row in rows[:: max(1, len(rows) // 6)]:
        page = view(server, row["s"])
        assert 'class="contradiction"' not in page
        assert "stance-" not in page


def test_the_view_stands_above_what_links_here_and_leaves_the_data_as_it_is(server: Server) -> None:
    iri = propositions(server, 4)[0]
    page = view(server, iri)
    assert page.index('class="contradiction"') < page.index("What links here")
    embedded = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert embedded
    base = server.path_of(iri)
    quads = {
        form: set(ox.parse(data, format=kind, base_iri=iri))
        for form, data, kind in (
            ("page", embedded[1].encode(), ox.RdfFormat.JSON_LD),
            ("turtle", server.get(f"{base}.ttl").body, ox.RdfFormat.TURTLE),
        )
    }
    triples = {form: {q.triple for q in found} for form, found in quads.items()}
    assert triples["page"] == triples["turtle"]
    about = [t for t in triples["turtle"] if iri in (t.subject.value, getattr(t.object, "value", ""))]
    assert len(about) == len(triples["turtle"]) > 3


def test_the_view_is_well_formed_and_made_for_screen_readers(server: Server) -> None:
    for iri in propositions(server, 4):
        page = Page(view(server, iri))
        assert not page.faults, iri
        assert not page.open, iri
        levels = [int(heading[1]) for heading in page.headings]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), iri
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(ids) == len(set(ids)), iri
        assert all(a.get("aria-labelledby") in ids for a in page.all("section") if "aria-labelledby" in a)
        anchors = [a["href"] for a in page.all("a") if "#evidence" in (a.get("href") or "")]
        assert not anchors or "evidence" in ids, iri


HOSTILE = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix srv: <https://w3id.org/calcigraph/server#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

id:p-evil a srv:Proposition ; rdfs:label "<b onclick=alert(1)>evil"@en ; srv:subject id:pump-1 ;
  srv:relation plant:feeds ; srv:object id:low-tank ;
  srv:contested true ;
  srv:condition "<script>alert(2)</script>" ;
  srv:context id:c-evil , <javascript:alert(3)> .
id:c-evil rdfs:label "<img src=x onerror=alert(4)>"@en .
id:acceptance-evil a srv:Acceptance ; rdfs:label "'\\"><svg onload=alert(5)>"@en ; srv:decides id:p-evil ;
  srv:verdict srv:rejected ; srv:reason "</section><script>alert(6)</script>" ;
  srv:basis <javascript:alert(7)> .
id:line-evil a srv:EvidenceLine ; srv:proposition id:p-evil ; srv:stance id:stance-evil ;
  srv:grade id:grade-evil ; srv:evidence id:e-evil .
id:stance-evil rdfs:label "</h3><script>alert(8)</script>"@en .
id:grade-evil rdfs:label "<iframe src=javascript:alert(9)>"@en ; srv:rank "NaN" .
id:e-evil a plant:Inspection ; rdfs:label "\\" onmouseover=\\"alert(10)"@en ;
  plant:inspectedBy "<script>alert(11)</script>" , <javascript:alert(12)> ;
  plant:rating [ plant:amount "<svg/onload=alert(13)>" ; plant:unit ( "a" "<script>" ) ] ;
  srv:source id:s-evil .
id:s-evil a srv:Source ; rdfs:label "<script>alert(14)</script>"@en ; srv:retracted true ;
  srv:position "<b>" ; srv:partOf <data:text/html,alert(15)> .
[] a srv:EvidenceLine ; srv:proposition id:p-evil ; srv:stance srv:refutes ;
  srv:evidence [ rdfs:label "no name" ; srv:source [ rdfs:label "nor here" ] ] .
id:p-silent a srv:Proposition ; rdfs:label "nobody says so"@en ; srv:subject id:pump-1 ;
  srv:relation plant:feeds ; srv:object id:valve-9 .
id:p-many a srv:Proposition ; rdfs:label "many say so"@en ; srv:subject id:pump-1 ;
  srv:relation plant:feeds ; srv:object id:pump-2 .
"""
MANY = MOST_LINES + 70


@pytest.fixture(scope="module")
def quarrel(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with propositions that mean harm, or are merely hard to show, and without shapes that
    say what evidence is compared by."""
    folder = tmp_path_factory.mktemp("quarrel") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    many = "".join(
        f"id:line-many-{n} a srv:EvidenceLine ; srv:proposition id:p-many ; srv:stance srv:supports ; "
        f"srv:grade id:grade-{n % 3} ; srv:evidence id:inspection-many-{n} .\n"
        f'id:inspection-many-{n} a plant:Inspection ; rdfs:label "visit {n}"@en .\n'
        for n in range(MANY)
    )
    shapes = folder / "shapes" / "plant.ttl"
    kept, _, _ = shapes.read_text(encoding="utf-8").partition("# By what pages compare")
    shapes.write_text(kept, encoding="utf-8")
    ranks = "".join(f'id:grade-{n} rdfs:label "grade {n}"@en ; srv:rank {n} .\n' for n in range(3))
    (folder / "data" / "quarrel.ttl").write_text(HOSTILE + many + ranks, encoding="utf-8")
    return start("quarrel", folder, "--reasoner", "none")


def test_nothing_that_a_proposition_or_its_evidence_says_runs_or_breaks_out(quarrel: Server) -> None:
    markup = quarrel.get("/id/p-evil.html", BROWSER).text
    page = Page(markup)
    assert not page.faults
    assert not page.open
    assert all(is_own_script(script) for script in page.all("script"))
    assert not [tag for tag in ("img", "svg", "iframe") if page.all(tag)]
    # Words between names, as of expressions, and nothing else.
    assert all(re.fullmatch("[A-Za-z]+", word) for word in re.findall("<b>(.*?)</b>", markup, re.DOTALL))
    assert not [n for _, a in page.elements for n in a if n.startswith("on")]
    assert all(urlsplit(a.get("href") or "").scheme in SCHEMES for a in page.all("a"))
    said = text(section(markup))
    for number in (2, 4, 5, 6, 8, 9, 10, 11, 13, 14):
        assert f"alert({number})" in said


def test_without_shapes_that_compare_evidence_says_what_it_says_of_itself(quarrel: Server) -> None:
    page = quarrel.get("/id/p-pump-2-feeds-high-tank.html", BROWSER).text
    assert "?by=" not in page
    assert [head for head, _ in rows(page)] == [""]
    supports, refutes = (text(column) for column in columns(page))
    assert "inspected by A. Fitter" in supports
    assert "inspected by B. Welder" in refutes
    assert "Fitter" not in refutes


def test_a_retracted_source_is_flagged_and_a_stance_of_ones_own_comes_last(quarrel: Server) -> None:
    page = quarrel.get("/id/p-evil.html", BROWSER).text
    assert [name for name, _ in stances(page)] == ["refutes", "id:stance-evil"]
    found = [text(column) for column in columns(page)]
    assert "retracted" in found[1]
    assert "retracted" not in found[0]


def test_a_proposition_without_evidence_says_so(quarrel: Server) -> None:
    shown = quarrel.get("/id/p-silent.html", BROWSER).text
    assert 'class="stances' not in shown
    assert "Nothing is recorded about who says so." in section(shown)


def test_many_lines_leave_the_page_readable_and_the_best_graded_come_first(quarrel: Server) -> None:
    page = quarrel.get("/id/p-many.html", BROWSER).text
    (column,) = columns(page)
    assert column.count('class="entry"') == MOST_LINES
    assert f"{MANY - MOST_LINES} more" in text(section(page))
    grades = [int(n) for n in re.findall(r">grade (\d)<", column)]
    assert len(grades) == MOST_LINES
    assert grades == sorted(grades, reverse=True)
