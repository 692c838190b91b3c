"""The journey of a query, as CONTRIBUTING tells it: at most eight types, and its modules know no others."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType

import pytest

from suites import ROOT

SECTION = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## The journey of a query\n")[1]
TOLD = re.findall(r"^\d+\. `(\w+)` \(`([\w/]+)`\)", SECTION.split("\n## ")[0], re.MULTILINE)
MOST = 8
MODULES = {
    "web/serving": "connection dispatcher page_threads query_endpoint running_queries response_cache",
    "web": "in_flight sparql_request sparql query_answers",
    "web/protocol": "http_response finishing streaming",
    "pool": "pool answer answer_cache admission guard attempt run waiting_queue frames worker_process",
    "engine": "replica",
}
PLACES = [f"{folder}/{name}" for folder, names in MODULES.items() for name in names.split()]
# What its modules know beside the types of the journey, each with the reason why it is none.
OTHERS = {
    "one direction of a Connection": "Outgoing Intake",
    "what outlives a query": """
        AllowList AnswerCache Channel CommonHeaders Components Connection Connections ControlChannel
        Dispatcher Engine ForkServer Pool Publication QueryEndpoint QueryLimits Replica ResponseCache
        PageThreads RunningQueries Turns DocumentCache Scheduler Services Settings Site TextIndex
        TextSize View WaitingQueue Worker _WorkerProcess DaemonThreads""",
    "a constant": "Form FrameKind Offer",
    "a change, not a query": "Diff",
    "how another type is seen": "Waiter ByteSource _DatasetView CalledFor",
    "an Attempt, and who waits for it": "SharedEvaluation",
    "what an InFlight begins with": "RequestHead CountedBody HeadBuffer",
    "an Answer for HTTP/1.0": "Spool",
    "the content of an HttpResponse": "FileContent Pieces Unmade ContentSender",
    "the bytes of an Answer, or of their copy": "Body _Copy _Out",
    "a Query as it is read, and what its corrections depend on": "DecodedText LookUp ParsedQuery Context",
    "what a guard looks for in it": "BuiltInCall Service",
    "the state of one function": "_Draft Placeholders QueryDataset Diagnosis Admission Admitted",
    "where a Problem is": "Place",
}
NOT_PASSED = [name for names in OTHERS.values() for name in names.split()]


def module(place: str) -> ModuleType:
    return importlib.import_module("calcigraph." + place.replace("/", "."))


def ours(place: str) -> set[str]:
    """The types of this package that a module makes or uses, but for Problems and other exceptions."""
    return {
        found.__name__
        for found in vars(module(place)).values()
        if inspect.isclass(found)
        and found.__module__.startswith("calcigraph.")
        and not issubclass(found, Exception)
    }


def test_a_query_passes_through_at_most_eight_types() -> None:
    names = [name for name, _ in TOLD]
    assert 0 < len(names) == len(set(names)) <= MOST


@pytest.mark.parametrize(("name", "place"), TOLD)
def test_each_type_of_the_journey_stands_where_it_is_said_to(name: str, place: str) -> None:
    found = module(place)
    assert inspect.isclass(getattr(found, name))
    assert getattr(found, name).__module__ == found.__name__


@pytest.mark.parametrize("place", PLACES)
def test_the_modules_of_the_journey_know_no_other_types(place: str) -> None:
    known = {name for name, _ in TOLD}.union(NOT_PASSED)
    assert ours(place) - known == set(), "a type of the journey, or none? Say it in CONTRIBUTING or in OTHERS"


def test_what_is_no_type_of_the_journey_is_known_to_one_of_its_modules() -> None:
    found = set().union(*map(ours, PLACES))
    told = {name for name, _ in TOLD}
    assert set(NOT_PASSED) - found == set()
    assert told - found == set()
    assert len(NOT_PASSED) == len(set(NOT_PASSED))
    assert told.isdisjoint(NOT_PASSED)
