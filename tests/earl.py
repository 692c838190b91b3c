"""What becomes of the tests that stand for W3C tests in; the EARL report of the program out.

A plugin of pytest. A test with the mark `w3c` stands for one test of a suite. Its outcome is compared
with the report that the package ships, so that report and tests cannot disagree; `--earl FILE` writes
the report anew, where no test fails unexpectedly and none is skipped. There is no time and no place in
it: the same outcomes are the same bytes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph import __version__, conformance
from calcigraph.conformance import DOCUMENT
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.turtle import write_turtle

REMEDY = "run `make conformance`, look at what has changed, and commit it"
DCTERMS = "http://purl.org/dc/terms/"
DOAP = "http://usefulinc.com/ns/doap#"
EARL = "http://www.w3.org/ns/earl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
PREFIXES = Prefixes(
    {"": f"{DOCUMENT}#", "dcterms": DCTERMS, "doap": DOAP, "earl": EARL, "rdfs": RDFS, "xsd": XSD}
)
_SPARQL = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
# What each suite is called, and where it is published.
SUITES = {
    "sparql11-query": ("SPARQL 1.1 Query: evaluation", _SPARQL),
    "sparql11-query-syntax": ("SPARQL 1.1 Query: syntax", _SPARQL),
    "sparql11-results": ("SPARQL 1.1 Query Results: JSON, CSV and TSV", _SPARQL),
    "sparql11-federation": ("SPARQL 1.1 Federated Query", _SPARQL),
    "sparql11-protocol": ("SPARQL 1.1 Protocol", _SPARQL),
    "sparql11-service-description": ("SPARQL 1.1 Service Description", _SPARQL),
    "sparql11-update": ("SPARQL 1.1 Update: evaluation", _SPARQL),
    "sparql11-update-syntax": ("SPARQL 1.1 Update: syntax", _SPARQL),
    "sparql11-graph-store": ("SPARQL 1.1 Graph Store HTTP Protocol", _SPARQL),
    "shacl": ("SHACL", "https://w3c.github.io/data-shapes/data-shapes-test-suite/"),
    "owl2rl": ("OWL 2 RL/RDF rules (M. Schneider and K. Mainzer)", "https://www.w3.org/TR/owl2-conformance/"),
}


@dataclass(frozen=True)
class Standing:
    """What a test of ours stands for, and how it came out; `name` is short and unique in its suite."""

    suite: str
    name: str
    test: str
    link: str
    outcome: str
    reason: str


def w3c(
    suite: str,
    name: str,
    test: str,
    *,
    link: str = "",
    inapplicable: str = "",
    note: str = "",
) -> pytest.MarkDecorator:
    """The mark of a test that stands for the W3C test `test`.

    `inapplicable` says why the program has not got what is to be tested: the test then shows just that.
    `note` says how it was tested. One that fails is marked `xfail` as well, whose reason is given.
    """
    assert suite in SUITES
    assert not (inapplicable and note)
    return pytest.mark.w3c(suite, name, test, link, inapplicable, note)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--earl", type=Path, metavar="FILE", help="write the outcomes of the W3C tests as EARL")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--earl") and config.getoption("numprocesses", None):
        raise pytest.UsageError("--earl needs every outcome in one process: leave out -n")
    config.addinivalue_line("markers", "w3c(...): stands for a test of a W3C suite; see tests/earl.py")
    config.pluginmanager.register(Outcomes(config.getoption("--earl")), "earl-outcomes")


class Outcomes:
    """What has come out so far in this session."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.found: list[Standing] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        mark = item.get_closest_marker("w3c")
        if mark is None or report.when != "call":
            return report
        is_known_failure = hasattr(report, "wasxfail")
        if report.passed or (report.skipped and is_known_failure):
            standing = _standing(mark, str(report.wasxfail) if is_known_failure else None)
            self.found.append(standing)
            said = committed().get(standing.test, "nothing")
            if self.file is None and said != (standing.outcome, standing.reason):
                report.outcome = "failed"
                report.longrepr = f"{standing.test}: the report of the package says {said}; {REMEDY}"
        return report

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.file is None:
            return
        missing = SUITES.keys() - {standing.suite for standing in self.found}
        if exitstatus == pytest.ExitCode.OK and not missing:
            self.file.write_text(document(self.found), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.file is None:
            return
        missing = sorted(SUITES.keys() - {standing.suite for standing in self.found})
        terminalreporter.section("conformance")
        if missing:
            terminalreporter.line(f"Nothing was written: no test was run of {', '.join(missing)}.", red=True)
        for suite in SUITES:
            counts: dict[str, int] = {}
            for standing in self.found:
                if standing.suite == suite:
                    counts[standing.outcome] = counts.get(standing.outcome, 0) + 1
            terminalreporter.line(f"{suite}: {', '.join(f'{n} {name}' for name, n in counts.items())}")


def _standing(mark: pytest.Mark, failure: str | None) -> Standing:
    suite, name, test, link, inapplicable, note = mark.args
    if failure is not None:
        return Standing(suite, name, test, link, "failed", failure.removeprefix("reason: "))
    outcome = "inapplicable" if inapplicable else conformance.PASSED
    return Standing(suite, name, test, link, outcome, inapplicable or note)


@cache
def committed() -> dict[str, tuple[str, str]]:
    """Outcome and reason of each test in the report of the package; nothing where there is none."""
    if not conformance.FILE.exists():
        return {}
    return {r.test: (r.outcome, r.reason) for suite in conformance.suites() for r in suite.results}


def document(found: list[Standing]) -> str:
    """The report as Turtle."""
    graph = [*_program(), *(triple for standing in found for triple in _assertion(standing))]
    return (
        "# How the program does in test suites (EARL 1.0). Made by `make conformance`; not to be edited.\n"
        f"{PREFIXES.turtle()}\n{write_turtle(graph, PREFIXES)}"
    )


def _program() -> Iterator[ox.Triple]:
    program, runner, release = own("program"), own("runner"), ox.BlankNode()
    yield from (
        ox.Triple(program, TYPE, kind) for kind in (doap("Project"), earl("TestSubject"), earl("Software"))
    )
    yield ox.Triple(program, doap("name"), ox.Literal("calcigraph"))
    yield ox.Triple(program, doap("homepage"), ox.NamedNode("https://w3id.org/calcigraph/"))
    yield ox.Triple(program, doap("programming-language"), ox.Literal("Python"))
    yield ox.Triple(program, doap("release"), release)
    yield ox.Triple(release, TYPE, doap("Version"))
    yield ox.Triple(release, doap("revision"), ox.Literal(__version__))
    yield from (ox.Triple(runner, TYPE, kind) for kind in (earl("Assertor"), earl("Software")))
    yield ox.Triple(runner, dcterms("title"), ox.Literal("The tests of calcigraph", language="en"))
    for key, (title, source) in SUITES.items():
        yield ox.Triple(own(key), TYPE, earl("TestRequirement"))
        yield ox.Triple(own(key), dcterms("title"), ox.Literal(title, language="en"))
        yield ox.Triple(own(key), dcterms("source"), ox.NamedNode(source))


def _assertion(standing: Standing) -> Iterator[ox.Triple]:
    test, result = ox.NamedNode(standing.test), ox.BlankNode()
    assertion = own(f"{standing.suite}.{standing.name.replace('/', '.')}")
    yield ox.Triple(test, TYPE, earl("TestCase"))
    yield ox.Triple(test, dcterms("identifier"), ox.Literal(standing.name))
    yield ox.Triple(test, dcterms("isPartOf"), own(standing.suite))
    if standing.link:
        yield ox.Triple(test, ox.NamedNode(f"{RDFS}seeAlso"), ox.NamedNode(standing.link))
    yield ox.Triple(assertion, TYPE, earl("Assertion"))
    yield ox.Triple(assertion, earl("assertedBy"), own("runner"))
    yield ox.Triple(assertion, earl("mode"), earl("automatic"))
    yield ox.Triple(assertion, earl("result"), result)
    yield ox.Triple(assertion, earl("subject"), own("program"))
    yield ox.Triple(assertion, earl("test"), test)
    yield ox.Triple(result, TYPE, earl("TestResult"))
    yield ox.Triple(result, earl("outcome"), earl(standing.outcome))
    if standing.reason:
        yield ox.Triple(result, dcterms("description"), ox.Literal(standing.reason, language="en"))


def own(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DOCUMENT}#{name}")


def earl(name: str) -> ox.NamedNode:
    return ox.NamedNode(EARL + name)


def doap(name: str) -> ox.NamedNode:
    return ox.NamedNode(DOAP + name)


def dcterms(name: str) -> ox.NamedNode:
    return ox.NamedNode(DCTERMS + name)
