"""The W3C SPARQL 1.1 tests over HTTP: queries, results formats, syntax, federation; updates are named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from calcigraph.rdf.formats import GRAPHS, RESULTS
from calcigraph.rdf.native_formats import NATIVE_RESULTS
from conftest import PublishedServer, Reply
from earl import w3c
from published import read_all
from sparql_manifests import (
    FEDERATION_FOLDERS,
    QUERY_FOLDERS,
    RESULTS_FOLDERS,
    UPDATE_FOLDERS,
    Entry,
    entries,
    evaluation,
    file_of,
    rdf_format_of,
    text_of,
)
from sparql_results import (
    Form,
    as_written,
    by_value,
    canonical,
    comparable,
    in_order,
    rows_of,
    table_in_turtle,
)
from suites import needs

MEDIA_TYPES = {form.key: form.media_type for form in (*RESULTS, *GRAPHS)}
BODY = {"Content-Type": "application/sparql-query"}
# How an answer is asked for, by the suffix of the file with the expected one; the rest is RDF.
ASKED_AS = {"srx": "xml", "srj": "json", "csv": "csv", "tsv": "tsv"}
# Where terms are compared as they are written. The values are right, as a test below shows of each.
IN_DATA = (
    "Engine: numbers and truth values of the data come back in its own spelling (1 for 1.0, 100 for 1.0E2)"
)
COMPUTED = "Engine: it spells the numbers that it computes in its own way (2 for 2.0, 0.2 for 2.0E-1)"
MIN_MAX = "agg-min-01 agg-min-02 agg-max-01 agg-max-02 agg-max-distinct agg-min-distinct"
# By reason and folder.
FAILURES = {
    IN_DATA: {
        "aggregates": MIN_MAX,
        "cast": "cast-bool cast-int cast-string",
        "functions": "plus-2-corrected",
        "csv-tsv-res": "csv03 tsv03",
    },
    COMPUTED: {
        "aggregates": "agg-sum-02 agg-avg-02 agg-err-02",
        "cast": "cast-float cast-double cast-decimal",
        "functions": "plus-1-corrected coalesce01",
    },
}
KNOWN_FAILURES = {
    f"{folder}/{name}": reason
    for reason, folders in FAILURES.items()
    for folder, names in folders.items()
    for name in names.split()
}
NO_UPDATES = "The service takes no updates yet."
ALLOWED = "With the other services on the list of --allow-service; without such a list, calling is forbidden."
PARSED_ONLY = "Read by the engine's parser in a process of its own: the service takes no updates yet."
QUERIES = entries(*QUERY_FOLDERS)
RESULTS_ENTRIES = entries(*RESULTS_FOLDERS)
FEDERATED = entries(*FEDERATION_FOLDERS)
UPDATES = entries(*UPDATE_FOLDERS)
FAILING = [entry for entry in (*QUERIES, *RESULTS_ENTRIES) if entry.name in KNOWN_FAILURES]


def params(found: list[Entry], suite: str, inapplicable: str = "", note: str = "") -> list:
    """The entries as parameters whose outcome is recorded."""
    return [
        pytest.param(
            entry,
            id=entry.name,
            marks=[
                w3c(suite, entry.name, entry.iri, link=entry.link, inapplicable=inapplicable, note=note),
                *(
                    [pytest.mark.xfail(reason=KNOWN_FAILURES[entry.name])]
                    if entry.name in KNOWN_FAILURES
                    else []
                ),
            ],
        )
        for entry in found
    ]


def ask(service: PublishedServer, entry: Entry, accept: str) -> Reply:
    """The answer over HTTP. The base IRI of a query is that of its file (RFC 3986 section 5.1)."""
    query = f"BASE <{evaluation(entry).query}>\n{text_of(entry)}"
    return service.server.request("POST", "/sparql", query.encode(), {**BODY, "Accept": accept})


def hold_data_of(service: PublishedServer, entry: Entry) -> None:
    asked = evaluation(entry)
    files = [("", iri) for iri in asked.data] + list(asked.named)
    service.data.hold(
        read_all((name, file_of(iri).read_bytes(), rdf_format_of(iri), iri) for name, iri in files)
    )


@needs("sparql11")
@pytest.mark.parametrize(
    "entry",
    [
        *params([e for e in QUERIES if not e.is_syntax], "sparql11-query"),
        *params(RESULTS_ENTRIES, "sparql11-results"),
    ],
)
def test_answer_equals_the_one_of_the_suite(service: PublishedServer, entry: Entry) -> None:
    ours, theirs = answer_and_expected(service, entry, as_written)
    assert ours == theirs


def answer_and_expected(service: PublishedServer, entry: Entry, form: Form) -> tuple[object, object]:
    """What comes over HTTP and what the suite expects, as values that compare: each term in that form."""
    hold_data_of(service, entry)
    result = evaluation(entry).result
    assert result is not None
    suffix, expected = result.rpartition(".")[2], file_of(result).read_bytes()
    is_graph = suffix not in ASKED_AS and "CONSTRUCT" in text_of(entry).upper()
    key = "n-triples" if is_graph else ASKED_AS.get(suffix, "json")
    reply = ask(service, entry, MEDIA_TYPES[key])
    assert (reply.status, reply.type) == (200, MEDIA_TYPES[key]), reply.text
    if is_graph:
        ours = canonical([quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.N_TRIPLES)])
        theirs = ox.parse(expected, rdf_format_of(result), base_iri=result)
        return ours, canonical([quad.triple for quad in theirs])
    if suffix == "csv":
        return rows_of(reply.body, form), rows_of(expected, form)
    answer = comparable(ox.parse_query_results(reply.body, NATIVE_RESULTS[key]), form)
    if suffix not in ASKED_AS:
        return answer, table_in_turtle(result, form)
    return answer, comparable(ox.parse_query_results(expected, NATIVE_RESULTS[key]), form)


@needs("sparql11")
@pytest.mark.parametrize("entry", FAILING, ids=lambda entry: entry.name)
def test_what_fails_differs_in_nothing_but_the_spelling_of_values(
    service: PublishedServer, entry: Entry
) -> None:
    """A failure that is known hides no other."""
    ours, theirs = answer_and_expected(service, entry, by_value)
    assert ours == theirs


# A query that orders its solutions, with the expected ones in a format that has an order.
ORDERED = [
    entry
    for entry in (*QUERIES, *RESULTS_ENTRIES)
    if not entry.is_syntax
    and re.search(r"ORDER\s+BY[^{}]*$", text_of(entry), re.I)
    and (evaluation(entry).result or "").endswith((".srx", ".srj"))
]


@needs("sparql11")
@pytest.mark.parametrize("entry", ORDERED, ids=lambda entry: entry.name)
def test_solutions_come_in_the_order_that_is_asked_for(service: PublishedServer, entry: Entry) -> None:
    hold_data_of(service, entry)
    result = evaluation(entry).result
    assert result is not None
    key = ASKED_AS[result.rpartition(".")[2]]
    reply = ask(service, entry, MEDIA_TYPES[key])
    ours, theirs = (
        in_order(ox.parse_query_results(data, NATIVE_RESULTS[key]))
        for data in (reply.body, file_of(result).read_bytes())
    )
    assert ours == theirs


@needs("sparql11")
@pytest.mark.parametrize("entry", params([e for e in QUERIES if e.is_syntax], "sparql11-query-syntax"))
def test_syntax_of_a_query_is_judged_as_by_the_suite(service: PublishedServer, entry: Entry) -> None:
    query = text_of(entry)
    reply = service.server.request("POST", "/sparql", query.encode(), BODY)
    if entry.is_well_formed:
        # A call of a function that nobody has is well-formed; it cannot be evaluated.
        assert reply.status == 200 or "function" in reply.json["detail"], reply.text
        assert reply.status == 200 or reply.json["type"].endswith("#QueryRefused"), reply.text
    else:
        assert reply.status == 400
        assert reply.json["type"].endswith("#QueryMalformed")


@dataclass(frozen=True)
class Federation:
    """A server that may call two others, the first of which may call the second; `addresses` are theirs
    by the names that the suite gives them."""

    front: PublishedServer
    others: tuple[PublishedServer, PublishedServer]

    @property
    def addresses(self) -> dict[str, str]:
        first, second = (f"{other.server.base}/sparql" for other in self.others)
        return {
            "http://example.org/sparql": first,
            "http://example1.org/sparql": first,
            "http://example2.org/sparql": second,
        }

    def here(self, text: bytes) -> bytes:
        """What the suite says, with the addresses of these servers."""
        for name, address in self.addresses.items():
            text = text.replace(name.encode(), address.encode())
        return text

    def back(self, text: bytes, used: list[str]) -> bytes:
        """An answer of the front, with the suite's names of the services that a test has."""
        for name in used:
            text = text.replace(self.addresses[name].encode(), name.encode())
        return text

    def hold_data_of(self, entry: Entry) -> None:
        asked = evaluation(entry)
        held: dict[str, list[tuple[str, str]]] = {self.addresses[name]: [] for name in self.addresses}
        for name, source in asked.services:
            held[self.addresses[name]].append(("", source))
        for server, files in (
            (self.front, [("", iri) for iri in asked.data]),
            *((other, held[f"{other.server.base}/sparql"]) for other in self.others),
        ):
            server.data.hold(
                read_all(
                    (name, self.here(file_of(iri).read_bytes()), rdf_format_of(iri), iri)
                    for name, iri in files
                )
            )


@pytest.fixture(scope="module")
def federation(
    publishing: Callable[..., AbstractContextManager[PublishedServer]],
) -> Iterator[Federation]:
    with ExitStack() as running:
        second = running.enter_context(publishing("second"))
        allowed = ["--allow-service", f"{second.server.base}/sparql"]
        first = running.enter_context(publishing("first", *allowed))
        allowed += ["--allow-service", f"{first.server.base}/sparql"]
        yield Federation(running.enter_context(publishing("front", *allowed)), (first, second))


@needs("sparql11")
@pytest.mark.parametrize(
    "entry", params([e for e in FEDERATED if not e.is_syntax], "sparql11-federation", note=ALLOWED)
)
def test_other_services_are_called_as_the_suite_says(federation: Federation, entry: Entry) -> None:
    federation.hold_data_of(entry)
    asked = evaluation(entry)
    query = f"BASE <{asked.query}>\n".encode() + federation.here(text_of(entry).encode())
    reply = federation.front.server.request("POST", "/sparql", query, {**BODY, "Accept": MEDIA_TYPES["xml"]})
    assert reply.status == 200, reply.text
    answer = federation.back(reply.body, [name for name, _ in asked.services])
    assert asked.result is not None
    expected = ox.parse_query_results(file_of(asked.result).read_bytes(), NATIVE_RESULTS["xml"])
    assert comparable(ox.parse_query_results(answer, NATIVE_RESULTS["xml"])) == comparable(expected)


@needs("sparql11")
@pytest.mark.parametrize(
    "entry", params([e for e in FEDERATED if e.is_syntax], "sparql11-federation", note=ALLOWED)
)
def test_syntax_of_a_federated_query_is_judged_as_by_the_suite(federation: Federation, entry: Entry) -> None:
    def problem(query: str) -> str:
        reply = federation.front.server.request("POST", "/sparql", query.encode(), BODY)
        return "" if reply.status == 200 else str(reply.json["type"].rpartition("#")[2])

    assert entry.is_well_formed
    # Understood, and then not done: nobody has allowed that address. SILENT says not to mind.
    assert problem(text_of(entry)) == ("" if "SILENT" in text_of(entry) else "ServiceRefused")
    assert problem(text_of(entry).rpartition("}")[0]) == "QueryMalformed"


@needs("sparql11")
@pytest.mark.parametrize("entry", FEDERATED, ids=lambda entry: entry.name)
def test_without_a_list_calling_another_service_is_forbidden(service: PublishedServer, entry: Entry) -> None:
    reply = ask(service, entry, "*/*")
    assert reply.status == 403
    assert "SERVICE" in reply.json["detail"]


PARSER = """
import json, resource, sys
import pyoxigraph as ox
store, verdicts = ox.Store(), []
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
for text in json.load(sys.stdin):
    try:
        ox.Store().update(text, base_iri="urn:base:")
        verdicts.append(True)
    except SyntaxError:
        verdicts.append(False)
    except (OSError, RuntimeError):
        verdicts.append(True)
json.dump(verdicts, sys.stdout)
"""


@pytest.fixture(scope="module")
def verdicts() -> dict[str, bool]:
    """Whether each update is well-formed, by a process that can open nothing, neither file nor network."""
    texts = {entry.iri: text_of(entry) for entry in UPDATES if entry.is_syntax}
    command = [sys.executable, "-I", "-c", PARSER]
    done = subprocess.run(
        command, input=json.dumps([*texts.values()]).encode(), stdout=subprocess.PIPE, check=True
    )
    return dict(zip(texts, json.loads(done.stdout), strict=True))


@needs("sparql11")
@pytest.mark.parametrize(
    "entry", params([e for e in UPDATES if e.is_syntax], "sparql11-update-syntax", note=PARSED_ONLY)
)
def test_syntax_of_an_update_is_judged_as_by_the_suite(verdicts: dict[str, bool], entry: Entry) -> None:
    assert verdicts[entry.iri] is entry.is_well_formed


@needs("sparql11")
@pytest.mark.parametrize(
    "entry", params([e for e in UPDATES if not e.is_syntax], "sparql11-update", inapplicable=NO_UPDATES)
)
def test_update_is_refused_as_long_as_nothing_takes_it(service: PublishedServer, entry: Entry) -> None:
    update = text_of(entry).encode()
    assert service.server.request("POST", "/update", update).status == 404
    assert service.server.request("POST", "/sparql", update, BODY).status in (400, 403)


@needs("sparql11")
def test_the_suite_is_the_one_that_was_counted() -> None:
    everything = [*QUERIES, *RESULTS_ENTRIES, *FEDERATED, *UPDATES]
    assert len({entry.iri for entry in everything}) == len(everything)
    asked = [entry for entry in everything if not entry.is_syntax and not entry.is_update]
    assert (len(asked), len([e for e in everything if e.is_syntax])) == (242, 169)
    assert len([e for e in UPDATES if not e.is_syntax]) == 94
    assert set(KNOWN_FAILURES) <= {entry.name for entry in everything}
    assert len(ORDERED) > 5
    assert {entry.name for entry in FAILING} == KNOWN_FAILURES.keys()
