"""One identity of a literal: what SPARQL returns is explained, looked up and found in the dump, as it is
written there; and every count says the same, or which it is.

What two spellings of one value are is told by `odd_spellings.worth`, which follows XML Schema and knows
nothing of the program.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition, assemble
from calcigraph.metadata import dataset_node
from conftest import BROWSER, Reply, Server
from datasets import dataset_of
from odd_spellings import ID, PLANT, literals, make_root, worth

LITERALS = "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o FILTER(isLiteral(?o)) } ORDER BY STR(?s) STR(?p) STR(?o)"
COUNT = "SELECT (COUNT(*) AS ?n) { %s }"
TOMBSTONE = ox.NamedNode("https://www.w3.org/ns/activitystreams#Tombstone")
STANDINGS = ("asserted", "derived", "inferred", "metadata")
MANY, MOST = 400, 60
"""From how many on the triples whose literal is rewritten stand for one another; and how many of the other
triples are tried in each root."""
ROOTS = ("odd", "shipped", "toy")


class Served:
    """A root as a server has it: all triples with a literal as SPARQL returns them, and the dump."""

    def __init__(self, server: Server, edition: Edition) -> None:
        self.server, self.edition = server, edition
        self.answered = [ox.Triple(*row) for row in json_rows(server.ask(LITERALS).json)]  # type: ignore[arg-type]
        self.dumped = list(ox.parse(gzip.decompress(server.get("/dump.nq.gz").body), ox.RdfFormat.N_QUADS))
        self.places: dict[tuple[object, object, Hashable], set[ox.Triple]] = defaultdict(set)
        self.graphs: dict[ox.Triple, set[str]] = defaultdict(set)
        for quad in self.dumped:
            assert isinstance(quad.graph_name, ox.NamedNode)
            self.graphs[quad.triple].add(quad.graph_name.value)
            if isinstance(quad.object, ox.Literal):
                self.places[place(quad.triple)].add(quad.triple)
        self.made = through_a_store({found.object for found in chain(*self.places.values())})

    @cached_property
    def rewritten(self) -> list[ox.Triple]:
        """Those that no line of the dump has as they were answered."""
        return [triple for triple in self.answered if triple not in self.graphs]

    def tried(self) -> list[ox.Triple]:
        """All that are rewritten, or one for each literal where these are many; and some of the others."""
        rewritten = self.rewritten
        if len(rewritten) > MANY:
            rewritten = list({triple.object: triple for triple in rewritten}.values())
        others = sorted(set(self.answered).difference(self.rewritten), key=str)
        return rewritten + random.Random(7).sample(others, min(MOST, len(others)))


def through_a_store(literals: Iterable[object]) -> dict[object, object]:
    """What the engine, which is not ours, makes of each literal."""
    store, p, given = ox.Store(), ox.NamedNode("urn:p"), list(literals)
    store.extend(ox.Quad(ox.NamedNode(f"urn:n:{n}"), p, o) for n, o in enumerate(given))  # type: ignore[arg-type]
    return {given[int(str(quad.subject)[7:-1])]: quad.object for quad in store}


def place(triple: ox.Triple) -> tuple[object, object, Hashable]:
    assert isinstance(triple.object, ox.Literal)
    return triple.subject, triple.predicate, worth(triple.object)


def term_of(found: Mapping[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term of SPARQL 1.1 Query Results JSON, section 3.2.2, with the base direction of SPARQL 1.2."""
    if found["type"] == "uri":
        return ox.NamedNode(found["value"])
    if found["type"] == "bnode":
        return ox.BlankNode(found["value"])
    if language := found.get("xml:lang"):
        direction = ox.BaseDirection(found["its:dir"]) if "its:dir" in found else None
        return ox.Literal(found["value"], language=language, direction=direction)
    datatype = found.get("datatype", "http://www.w3.org/2001/XMLSchema#string")
    return ox.Literal(found["value"], datatype=ox.NamedNode(datatype))


def json_rows(answer: Mapping[str, Any]) -> list[list[ox.NamedNode | ox.BlankNode | ox.Literal]]:
    names = answer["head"]["vars"]
    return [[term_of(row[name]) for name in names] for row in answer["results"]["bindings"]]


def explained(server: Server, triple: ox.Triple, accept: str | None = None, **more: str) -> Reply:
    """What `/explain` says of a triple, given just as SPARQL returned it."""
    terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
    return server.get(f"/explain?{urlencode({name: str(t) for name, t in terms.items()} | more)}", accept)


def proven(step: Mapping[str, Any]) -> ox.Triple:
    return ox.Triple(*(term_of(step[name]) for name in ("subject", "predicate", "object")))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_root(tmp_path_factory.mktemp("odd"))


@pytest.fixture(params=ROOTS)
def served(request: pytest.FixtureRequest, served_as: Callable[[str], Served]) -> Served:
    """Each of the three roots in turn."""
    return served_as(request.param)


@pytest.fixture(scope="module")
def served_as(
    servers: Callable[[str], Server], start: Callable[..., Server], odd: Path
) -> Callable[[str], Served]:
    """A root by its name, read once."""
    known: dict[str, Served] = {}

    def of(name: str) -> Served:
        if name not in known:
            server = start("odd", odd) if name == "odd" else servers(name)
            edition = assemble(server.root).edition if name == "odd" else dataset_of(name)
            known[name] = Served(server, edition)
        return known[name]

    return of


def test_the_odd_root_has_what_the_engine_rewrites_and_what_it_keeps(
    served_as: Callable[[str], Served],
) -> None:
    kept = {o: now for o, now in through_a_store(literals()).items() if isinstance(o, ox.Literal)}
    rewritten = {literal.datatype.value.rpartition("#")[2] for literal, now in kept.items() if literal != now}
    assert len([literal for literal, now in kept.items() if literal != now]) >= 100
    assert {"integer", "byte", "decimal", "double", "float", "boolean", "dateTime", "date"} <= rewritten
    assert {"time", "gYear", "gDay", "duration", "dayTimeDuration", "yearMonthDuration"} <= rewritten
    assert sum(literal == now for literal, now in kept.items()) >= 100
    assert all(isinstance(now, ox.Literal) and worth(o) == worth(now) for o, now in kept.items())
    odd = served_as("odd")
    assert set(kept) <= {quad.object for quad in odd.dumped}
    assert len(odd.rewritten) >= 100
    several = [found for found in odd.places.values() if len(found) > 1]
    assert max(map(len, several)) >= 15
    assert len(several) >= 30


def test_the_shipped_root_and_the_toy_have_rewritten_literals_too(
    served_as: Callable[[str], Served],
) -> None:
    assert len(served_as("shipped").rewritten) >= 500
    assert any(isinstance(t.subject, ox.BlankNode) for t in served_as("toy").rewritten)


def test_each_literal_that_sparql_returns_is_found_in_the_dump(served: Served) -> None:
    lost = [triple for triple in served.answered if place(triple) not in served.places]
    assert not lost
    # And nothing of the dump is lost to SPARQL: the values are the same on both sides.
    assert {place(triple) for triple in served.answered} == set(served.places)


def test_each_literal_that_sparql_returns_is_looked_up(served: Served) -> None:
    for triple in {*served.tried(), *served.rewritten}:
        found = served.edition.written(triple)
        assert found is not None, triple
        assert found in served.places[place(triple)]
        assert set(served.edition.spelled(triple)) == spelled_alike(served, triple)


def spelled_alike(served: Served, triple: ox.Triple) -> set[ox.Triple]:
    """The spellings in the dump that the engine makes one with what it answered: not those of another
    datatype, nor numbers that it cannot hold and keeps as they are written."""
    return {found for found in served.places[place(triple)] if served.made[found.object] == triple.object}


def test_each_literal_that_sparql_returns_is_explained_as_it_is_written(served: Served) -> None:
    tried = served.tried()
    with ThreadPoolExecutor(2) as clients:
        replies = list(clients.map(lambda triple: explained(served.server, triple), tried))
    followed: list[str] = []
    for triple, reply in zip(tried, replies, strict=True):
        assert reply.status == 200, (triple, reply.text)
        answer = reply.json
        conclusion = proven(answer)
        assert conclusion in served.places[place(triple)], triple
        assert proven(answer["asked"]) == triple
        spelled = {term_of(found["object"]): set(found["graphs"]) for found in answer["spellings"]}
        assert {ox.Triple(triple.subject, triple.predicate, o) for o in spelled} == spelled_alike(
            served, triple
        )
        assert spelled[conclusion.object] == set(answer["graphs"]) == served.graphs[conclusion]
        links = [target for relation, target in reply.links if relation == "canonical"]
        assert bool(links) == (conclusion != triple)
        followed += links
        if links and len(followed) <= MOST:
            canonical = served.server.get(links[0].removeprefix(served.server.base))
            assert proven(canonical.json) == conclusion
            assert not canonical.links


def test_the_other_formats_of_an_explanation_say_that_another_spelling_was_asked_for(
    served_as: Callable[[str], Served],
) -> None:
    odd = served_as("odd")
    asked = ox.Triple(ox.NamedNode(ID + "no-own"), ox.NamedNode(PLANT + "measured"), number("8"))
    (canonical,) = {link for _, link in explained(odd.server, asked).links}
    assert "nonNegativeInteger" in canonical
    for style in ("text", "turtle", "json-ld", "proof"):
        reply = explained(odd.server, asked, format=style)
        assert reply.status == 200
        assert ("canonical", canonical) in reply.links
        assert "nonNegativeInteger" in reply.text
    text = explained(odd.server, asked, format="text").text
    assert "asked for in another spelling: 8" in text
    assert "also written: +08   [in inferred]" in text
    page = explained(odd.server, asked, BROWSER).text
    assert page.count('class="spellings"') == 1
    assert re.search(r'class="spellings">.*nonNegativeInteger.*\+08', page)


def number(text: str, datatype: str = "integer") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}"))


def test_what_is_asserted_is_explained_before_what_is_inferred(served_as: Callable[[str], Served]) -> None:
    odd = served_as("odd").server
    # In order of text the inferred one, "+08", would come first; no spelling is the answered one.
    asked = ox.Triple(ox.NamedNode(ID + "no-own"), ox.NamedNode(PLANT + "measured"), number("8"))
    assert explained(odd, asked).json["rule"] == "asserted"
    assert proven(explained(odd, asked).json).object == number("8", "nonNegativeInteger")
    # A spelling that is in the data is explained itself, also where another one is asserted.
    inferred = ox.Triple(asked.subject, asked.predicate, number("+08"))
    assert explained(odd, inferred).json["rule"] == "prp-spo1"
    assert not explained(odd, inferred).links
    twin = ox.Triple(ox.NamedNode(ID + "twin"), ox.NamedNode(PLANT + "odd"), number("1.500", "decimal"))
    assert explained(odd, twin).json["rule"] == "eq-rep-s"


def test_a_value_that_is_nowhere_written_is_404(served_as: Callable[[str], Served]) -> None:
    odd = served_as("odd").server
    for other in (number("9"), number("8", "decimal"), ox.Literal("8"), number("8", "double")):
        asked = ox.Triple(ox.NamedNode(ID + "no-own"), ox.NamedNode(PLANT + "measured"), other)
        assert explained(odd, asked).status == 404, other


def test_the_command_explains_what_sparql_returned(odd: Path, served_as: Callable[[str], Served]) -> None:
    blank = next(t for t in served_as("odd").rewritten if isinstance(t.subject, ox.BlankNode))
    chosen = [*random.Random(3).sample(served_as("odd").rewritten, 1), blank]
    for triple in chosen:
        terms = [str(term) for term in (triple.subject, triple.predicate, triple.object)]
        command = [sys.executable, "-m", "calcigraph", "explain", "--root", str(odd), "--format"]
        done = subprocess.run([*command, "json", *terms], capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout)
        assert proven(answer) in served_as("odd").places[place(triple)]
        assert proven(answer["asked"]) == triple
        told = subprocess.run([*command, "proof", *terms], capture_output=True, text=True, check=True)
        assert "asked for in another spelling" in told.stderr


def test_the_metadata_are_explained_by_where_they_stand(served: Served) -> None:
    count = next(
        t for t in served.answered if t.predicate.value.endswith("void#triples") and "#" in str(t.subject)
    )
    reply = explained(served.server, count)
    assert (reply.json["rule"], reply.json["graphs"]) == (
        "metadata",
        [f"{served.server.namespace}graph/metadata"],
    )
    assert "[by metadata in metadata]" in explained(served.server, count, format="text").text
    assert explained(served.server, count, BROWSER).status == 200
    refused = explained(served.server, count, format="proof")
    assert (refused.status, refused.json["type"].rpartition("#")[2]) == (404, "NothingToExplain")


def test_the_data_and_the_page_of_a_resource_have_each_literal_that_sparql_returns(served: Served) -> None:
    gone = {quad.subject for quad in served.dumped if quad.object == TOMBSTONE}
    about: dict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
    for triple in served.answered:
        subject = triple.subject
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(f"{served.server.namespace}id/"):
            about[subject].append(triple)
    there = sorted(about.keys() - gone, key=str)
    respelled = sorted({t.subject for t in served.rewritten}.intersection(there), key=str)
    draw = random.Random(5)
    chosen = draw.sample(respelled, min(8, len(respelled))) + draw.sample(there, 6)
    for subject in chosen:
        path = served.server.path_of(subject.value)
        told = ox.parse(served.server.follow(path, "text/turtle").body, ox.RdfFormat.TURTLE)
        places = {place(quad.triple) for quad in told if isinstance(quad.object, ox.Literal)}
        assert {place(triple) for triple in about[subject]} <= places
        page = html.unescape(served.server.follow(path, BROWSER).text)
        for triple in about[subject]:
            spelled = (found.object.value for found in served.places[place(triple)])  # type: ignore[union-attr]
            assert any(" ".join(text[:150].split()) in " ".join(page.split()) for text in spelled), triple


def test_csv_tsv_and_xml_return_the_same_literals(served: Served) -> None:
    few = random.Random(9).sample(served.tried(), 25)
    for triple in few:
        if isinstance(triple.subject, ox.BlankNode):
            continue
        query = (
            f"SELECT ?o {{ {triple.subject} {triple.predicate} ?o FILTER(sameTerm(?o, {triple.object})) }}"
        )
        assert isinstance(triple.object, ox.Literal)
        for form, parsed in (
            ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
            ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ):
            reply = served.server.ask(query, form)
            solutions = ox.parse_query_results(reply.body, format=parsed)
            assert isinstance(solutions, ox.QuerySolutions)
            assert [row["o"] for row in solutions] == [triple.object]
        reply = served.server.ask(query, "text/csv")
        assert list(csv.reader(io.StringIO(reply.text, newline="")))[1:] == [[triple.object.value]]


def test_the_counts_agree_or_say_which_they_count(served: Served) -> None:
    server, store = served.server, ox.Store()
    store.extend(served.dumped)
    (total,) = counts(server, COUNT % "?s ?p ?o")
    union = {quad.triple for quad in store}
    assert total == len(union)
    assert stated(server) == [total] * 2
    by_graph = {
        row["g"]: int(row["n"])
        for row in server.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    }
    assert by_graph == Counter(quad.graph_name.value for quad in store if is_named(quad))
    assert by_graph == {graph.value: size for graph, size in served.edition.graphs.items()}
    assert by_graph == described_graphs(server)
    # The line that `calcigraph serve` prints counts quads as queries do.
    started = re.search(r"^(\d+) quads at ", server.log.read_text(encoding="utf-8"), re.MULTILINE)
    assert started is not None
    assert int(started[1]) == sum(by_graph.values()) == len(store)
    # The dumps have what is written, a line or a triple for each spelling.
    turtle = gzip.decompress(server.get("/dump.ttl.gz").body)
    written = {quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)}
    assert written == {quad.triple for quad in served.dumped}
    more = sum(len(found) for found in served.places.values()) - len(set(served.answered))
    assert len(written) - total == more
    assert (more > 0) == (server.name == "odd")


def is_named(quad: ox.Quad) -> bool:
    return isinstance(quad.graph_name, ox.NamedNode)


def counts(server: Server, query: str, **parameters: str) -> list[int]:
    return [int(row["n"]) for row in server.rows(query, **parameters)]


def stated(server: Server) -> list[int]:
    """What VoID says of the dataset: by query, and at its address."""
    node, void = dataset_node(server.root), ox.NamedNode("http://rdfs.org/ns/void#triples")
    asked = counts(server, f"SELECT ?n {{ {node} {void} ?n }}")
    found = ox.parse(server.get("/.well-known/void", "text/turtle").body, ox.RdfFormat.TURTLE)
    told = [quad.object for quad in found if (quad.subject, quad.predicate) == (node, void)]
    return [*asked, *(int(count.value) for count in told if isinstance(count, ox.Literal))]


def described_graphs(server: Server) -> dict[str, int]:
    store = ox.Store()
    store.load(server.get("/sparql", "text/turtle").body, ox.RdfFormat.TURTLE)
    sd, void = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#"
    rows = store.query(f"SELECT ?g ?n {{ ?x <{sd}name> ?g ; <{sd}graph>/<{void}triples> ?n }}")
    assert isinstance(rows, ox.QuerySolutions)
    return {row["g"].value: int(row["n"].value) for row in rows}


def test_the_home_page_counts_by_standing_what_queries_count(served: Served) -> None:
    server = served.server
    page = server.get("/", BROWSER).text
    found = re.findall(r"<li><strong>([\d,]+)</strong> ([^<]*triples[^<]*)</li>", page)
    shown = {text: int(number.replace(",", "")) for number, text in found}
    standings = Counter(standing(server, graphs) for graphs in in_store(served).values())
    assert shown == {
        "asserted triples": standings["asserted"],
        "triples that rules built": standings["derived"],
        "inferred triples": standings["inferred"],
    }
    (total,), (uninferred,) = (
        counts(server, COUNT % "?s ?p ?o"),
        counts(server, COUNT % "?s ?p ?o", inference="off"),
    )
    assert total - uninferred == standings["derived"] + standings["inferred"]
    assert total - standings["metadata"] == sum(shown.values())


def in_store(served: Served) -> dict[ox.Triple, set[str]]:
    """The triples that the engine makes of the dump, each with its graphs."""
    store, graphs = ox.Store(), defaultdict(set)
    store.extend(served.dumped)
    for quad in store:
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs[quad.triple].add(quad.graph_name.value)
    return graphs


def standing(server: Server, graphs: set[str]) -> str:
    """The best standing that one of some graphs gives: an ordinary graph is of what is asserted."""
    names = {f"{server.namespace}graph/{name}": name for name in STANDINGS}
    return min((names.get(graph, "asserted") for graph in graphs), key=STANDINGS.index)


def test_all_spellings_are_found_from_either_end(served_as: Callable[[str], Served]) -> None:
    """The rule of docs/sparql.md: VALUES tells what a spelling is answered as, /explain how it is written."""
    odd = served_as("odd").server
    values = " ".join(str(literal) for literal in literals() if not literal.direction)
    query = f"SELECT ?o {{ VALUES ?o {{ {values} }} }}"
    # Longer than an address may be.
    sent = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    pairs = json_rows(odd.request("POST", "/sparql", query.encode(), sent).json)
    wanted = [literal for literal in literals() if not literal.direction]
    assert len(pairs) == len(wanted)
    for (answered,), literal in zip(pairs, wanted, strict=True):
        assert isinstance(answered, ox.Literal)
        assert worth(answered) == worth(literal)
        (known,) = json_rows(
            odd.ask(f"SELECT ?o {{ <{ID}odd-{wanted_place(literal)}> <{PLANT}odd> ?o }}").json
        )
        assert known == [answered]


def wanted_place(literal: ox.Literal) -> int:
    return literals().index(literal)
