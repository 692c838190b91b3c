"""Every IRI of a root, fetched as clients fetch: each answers, and says the same in every format.

Every day each IRI is fetched as N-Triples, every sixth one in one more format, in turn, and
some hundred of them in all formats by clients that share no code with the server: rdflib, PyLD and curl.
`pytest -m campaign` has each IRI fetched in one more format, and these clients fetch all of them in all
formats.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld
from rdflib.compare import isomorphic

from canonical_form import canonical_lines
from conftest import Server
from polling import MOST_S

# rdflib 7.6 itself uses what it deprecates when it parses into a Dataset.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
LABELS = {RDFS + "label", SKOS + "prefLabel"}
DESCRIPTIONS = {SKOS + "definition", "http://purl.org/dc/terms/description", RDFS + "comment"}
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
OWN = """SELECT DISTINCT ?n { { ?n ?p ?o } UNION { ?s ?p ?n } UNION { ?s ?n ?o }
  FILTER(ISIRI(?n) && STRSTARTS(STR(?n), "%s")) } ORDER BY STR(?n)"""
TOMBSTONES = "SELECT ?n { ?n a <https://www.w3.org/ns/activitystreams#Tombstone> }"
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TYPES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".html": "text/html",
}
NATIVE = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}
RDFLIB = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".jsonld": "json-ld",
    ".rdf": "xml",
    ".trig": "trig",
    ".nq": "nquads",
}
CURL = shutil.which("curl")
THREADS = 4


class Client:
    """Fetches over connections that stay open, one a thread. Redirects are not followed."""

    def __init__(self, server: Server) -> None:
        self._port = server.port
        self._local = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def get(self, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], bytes]:
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=MOST_S)
            self._open.append(self._local.connection)
        connection = self._local.connection
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Client]:
    found = Client(server)
    yield found
    found.close()


def own(server: Server) -> dict[str, list[str]]:
    """All IRIs of the root by what answers for them, without fragments, which are not sent."""
    found: dict[str, list[str]] = {}
    removed = {row["n"] for row in server.rows(TOMBSTONES)}
    graphs = {row["g"] for row in server.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    for iri in dict.fromkeys(row["n"].partition("#")[0] for row in server.rows(OWN % server.namespace)):
        room = iri.removeprefix(server.namespace).partition("/")[0]
        kind = "resource" if room in ("id", "ontology") and iri != f"{server.namespace}ontology" else room
        if iri in removed:
            kind = "removed"
        elif iri in graphs:
            kind = "graph"
        elif iri.startswith(f"{server.namespace}id/question-"):
            kind = "question"
        elif kind == "resource" and re.fullmatch(r"ontology/[0-9.]+", iri.removeprefix(server.namespace)):
            kind = "version"
        found.setdefault(kind, []).append(iri)
    return found


def triples(body: bytes, suffix: str) -> set[ox.Triple]:
    """What a document says; a page says it in the JSON-LD inside."""
    if suffix == ".html":
        (embedded,) = JSON_LD.findall(body.decode())
        body, suffix = embedded.encode(), ".jsonld"
    return {quad.triple for quad in ox.parse(body, format=NATIVE[suffix])}


def same(one: set[ox.Triple], other: set[ox.Triple]) -> bool:
    """Isomorphic; blank nodes, of which there are few, are given names first."""
    has_blank = any(isinstance(t, ox.BlankNode) for x in one for t in (x.subject, x.object))
    return canonical_lines(one) == canonical_lines(other) if has_blank else one == other


def complaints(check: Callable[[int, str], str], iris: Iterable[str]) -> list[str]:
    """What is wrong with each, in order; nothing where nothing is."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [found for found in pool.map(lambda item: check(*item), enumerate(iris)) if found]


def test_the_rooms_of_a_root_are_all_known(server: Server) -> None:
    kinds = {kind: len(iris) for kind, iris in own(server).items()}
    assert set(kinds) <= {
        "resource",
        "graph",
        "question",
        "version",
        "removed",
        "ontology",
        "sparql",
        "server",
    }
    assert kinds["resource"] > 20
    assert kinds["question"] == len(server.root.questions)
    assert kinds["graph"] > 1


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.campaign)])
def test_every_iri_answers_with_a_name_and_says_the_same_in_another_format(
    server: Server, client: Client, every: int
) -> None:
    others = [suffix for suffix in TYPES if suffix != ".nt"]
    unnamed = {f"{server.namespace}ontology"}
    compared = Counter[str]()

    def differs(path: str, suffix: str, told: set[ox.Triple]) -> str:
        compared[suffix] += 1
        status, headers, _ = client.get(path, TYPES[suffix])
        if (status, headers.get("location")) != (303, path + suffix):
            return f"{path}: {status} {headers.get('location')}"
        status, headers, body = client.get(path + suffix)
        if status != 200 or headers["content-type"].partition(";")[0] != TYPES[suffix]:
            return f"{path}{suffix}: {status}"
        return "" if same(triples(body, suffix), told) else f"{path}{suffix}: not as in N-Triples"

    def wrong(number: int, iri: str) -> str:
        path, (turn, rest) = server.path_of(iri), divmod(number, every)
        status, _, body = client.get(path + ".nt")
        told = triples(body, ".nt")
        if status != 200 or not told:
            return f"{iri}: {status}"
        if rest == 0 and (found := differs(path, others[turn % len(others)], told)):
            return found
        said = {t.predicate.value for t in told if t.subject == ox.NamedNode(iri)}
        if iri in unnamed or server.name != "shipped":
            return ""
        kinds = {t.object for t in told if t.subject == ox.NamedNode(iri) and t.predicate == TYPE}
        # The label of a proposition is a whole sentence.
        is_described = said & DESCRIPTIONS or ox.NamedNode(f"{server.namespace}ontology/Proposition") in kinds
        return "" if said & LABELS and is_described else f"{iri}: no label or no description"

    resources = own(server)["resource"]
    assert complaints(wrong, resources) == []
    assert set(compared) == set(others)
    assert server.name != "shipped" or (len(resources) > 5000 and min(compared.values()) > 125)


def test_graphs_questions_and_versions_answer_too(server: Server, client: Client) -> None:
    found = own(server)

    def wrong(_: int, iri: str) -> str:
        path = server.path_of(iri)
        status, headers, body = client.get(path, "application/n-triples")
        if "/graph/" in iri:
            return "" if status == 200 and triples(body, ".nt") else f"{iri}: {status}"
        if status != 303:
            return f"{iri}: {status}"
        again = client.get(headers["location"], "application/n-triples")
        return "" if again[0] == 200 and triples(again[2], ".nt") else f"{iri}: {again[0]}"

    kinds = ("graph", "question", "version", "ontology", "server")
    assert {"graph", "question", "version", "ontology"} <= set(found)
    assert complaints(wrong, [iri for kind in kinds for iri in found.get(kind, [])]) == []
    for iri in found.get("removed", []):
        assert client.get(server.path_of(iri))[0] == 410


def sample(server: Server, most: int) -> list[str]:
    """Some resources of each class, the same every time."""
    typed = f"?s a ?c FILTER(STRSTARTS(STR(?s), '{server.namespace}'))"
    rows = server.rows(f"SELECT ?c ?s {{ {typed} }} ORDER BY STR(?c) STR(?s)")
    known, taken = set(own(server)["resource"]), Counter[str]()
    chosen: dict[str, None] = {}
    for size in range(1, most):
        for row in rows:
            if len(chosen) < most and taken[row["c"]] < size and row["s"] in known and row["s"] not in chosen:
                chosen[row["s"]] = None
                taken[row["c"]] += 1
    return list(chosen)


EVERYDAY = 60
AMOUNTS = pytest.mark.parametrize("most", [EVERYDAY, pytest.param(10**6, marks=pytest.mark.campaign)])


def chosen(server: Server, most: int) -> list[str]:
    found = sample(server, most) if most == EVERYDAY else own(server)["resource"]
    assert found
    return found


def read(body: bytes, suffix: str) -> rdflib.Graph:
    """As rdflib reads it; the graphs of a dataset are merged."""
    if suffix == ".html":
        (embedded,) = JSON_LD.findall(body.decode())
        body, suffix = embedded.encode(), ".jsonld"
    if suffix in (".trig", ".nq"):
        dataset, merged = rdflib.Dataset(), rdflib.Graph()
        dataset.parse(data=body, format=RDFLIB[suffix])
        for s, p, o, _ in dataset.quads():
            merged.add((s, p, o))
        return merged
    return rdflib.Graph().parse(data=body, format=RDFLIB[suffix])


@AMOUNTS
def test_rdflib_reads_the_same_graph_in_every_format(server: Server, client: Client, most: int) -> None:

    def wrong(_: int, iri: str) -> str:
        path = server.path_of(iri)
        told = read(client.get(path + ".nt")[2], ".nt")
        for suffix in TYPES:
            graph = read(client.get(path + suffix)[2], suffix)
            if len(graph) != len(told) or not isomorphic(graph, told):
                return f"{iri}{suffix}"
        return "" if told else f"{iri}: nothing"

    assert complaints(wrong, chosen(server, most)) == []


@AMOUNTS
def test_pyld_expands_it_with_the_context_inside_and_with_the_published_one(
    server: Server, client: Client, most: int
) -> None:
    published = json.loads(client.get("/context.jsonld")[2])["@context"]

    def wrong(_: int, iri: str) -> str:
        path = server.path_of(iri)
        told = triples(client.get(path + ".nt")[2], ".nt")
        document = json.loads(client.get(path + ".jsonld")[2])
        if not document["@context"].items() <= published.items():
            return f"{iri}: a prefix that is not published"
        for context in (document["@context"], published):
            nquads = jsonld.to_rdf(document | {"@context": context}, {"format": "application/n-quads"})
            if not same({q.triple for q in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}, told):
                return f"{iri}: something else"
        again = jsonld.compact(jsonld.expand(document), document["@context"], {"graph": True})
        return "" if again == document else f"{iri}: not what the compaction algorithm makes of it"

    assert complaints(wrong, chosen(server, most)) == []


@AMOUNTS
@pytest.mark.skipif(CURL is None, reason="there is no curl; apt-get install curl")
def test_curl_is_led_to_what_it_asks_for_and_is_told_the_same_by_head(
    server: Server, most: int, tmp_path: Path
) -> None:
    iris = chosen(server, most)
    rows = curled(tmp_path, [(f"{server.base}{server.path_of(i)}", t) for i in iris for t in TYPES.values()])
    expected = [
        (200, f"{server.base}{server.path_of(iri)}{suffix}", kind, 1)
        for iri in iris
        for suffix, kind in TYPES.items()
    ]
    assert [(s, place, kind.partition(";")[0], hops) for s, place, kind, _, hops in rows] == expected
    heads = curled(tmp_path, [(place, kind) for _, place, kind, _ in expected], "--head")
    assert [(s, kind) for s, _, kind, _, _ in heads] == [(s, kind) for s, _, kind, _, _ in rows]
    assert len(heads) == len(iris) * len(TYPES)


def curled(
    folder: Path, wanted: list[tuple[str, str]], *options: str
) -> list[tuple[int, str, str, int, int]]:
    """Status, last address, media type, bytes and redirects of each: one process of curl for all of them."""
    blocks = [
        f'url = "{url}"\nheader = "Accept: {accept}"\nlocation\nsilent\noutput = "{folder / "body"}"\n'
        'write-out = "%{http_code} %{url_effective} %{content_type}\\t%{size_download} %{num_redirects}\\n"\n'
        for url, accept in wanted
    ]
    (folder / "config").write_text("next\n".join(blocks), encoding="utf-8")
    assert CURL
    ran = subprocess.run(
        [CURL, *options, "--config", folder / "config"], capture_output=True, text=True, check=True
    )
    rows = []
    for line in ran.stdout.splitlines():
        found = re.fullmatch(r"(\d+) (\S+) ([^\t]*)\t(\d+) (\d+)", line)
        if found:
            rows.append((int(found[1]), found[2], found[3], int(found[4]), int(found[5])))
    return rows
