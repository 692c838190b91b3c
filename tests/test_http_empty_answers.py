"""Why an answer is empty, asked over HTTP: of 200 questions that were broken in a way that is known."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import pytest

from broken_questions import Breaker, Broken, Data
from conftest import Server
from datasets import dataset_of

NUMBER = 200
# The fewest of each kind that have to be among them, or the generator misses what the test is for.
FEWEST = {
    **dict.fromkeys(("unknown-term", "no-match", "no-join", "filter", "removed", "missing-graph"), 12),
    **dict.fromkeys(("values", "slice"), 10),
    "having": 5,
}


@dataclass(frozen=True)
class Judged:
    broken: Broken
    found: dict
    data: Data

    @property
    def is_right(self) -> bool:
        return self.found["kind"] == self.broken.kind

    def unknown(self) -> Iterator[str]:
        return (term["term"] for term in self.found["terms"])


def explain(server: Server, broken: Broken) -> dict:
    reply = server.ask(broken.text, "application/json", explain="empty", **broken.parameters)
    assert reply.status == 200, (reply.text, broken.text)
    return json.loads(reply.text)


def is_empty(server: Server, text: str, **parameters: str) -> bool:
    reply = server.ask(text, "application/sparql-results+json", **parameters)
    assert reply.status == 200, (reply.text, text)
    answer = json.loads(reply.text)
    return not (answer.get("boolean") if "boolean" in answer else answer["results"]["bindings"])


@pytest.fixture(scope="module")
def judged(servers: Callable[[str], Server]) -> list[Judged]:
    chance = random.Random(12)
    found: list[Judged] = []
    ready: dict[str, list[tuple[Server, Data, Callable[[], Iterator[Broken]]]]] = {}
    for name, weight in (("shipped", 1), ("toy", 8)):
        edition = dataset_of(name)
        data, server = Data(edition), servers(name)
        for question in edition.root.questions:
            if not is_empty(server, question.text):
                breaker = Breaker(question.text, data, {}, chance)
                for way in breaker.ways():
                    ready.setdefault(way.__name__, []).extend([(server, data, way)] * weight)
    # One way after the other, so that how often each is hit is not left to chance and the questions at hand.
    for name in islice(cycle(ready), 20 * NUMBER):
        server, data, way = chance.choice(ready[name])
        for broken in way():
            seen = any(broken == each.broken for each in found)
            if not seen and is_empty(server, broken.text, **broken.parameters):
                found.append(Judged(broken, explain(server, broken), data))
        if len(found) == NUMBER:
            return found
    raise AssertionError("too few of the broken questions have no answer")


def test_each_kind_is_hit_often_enough(judged: list[Judged]) -> None:
    kinds = Counter(each.broken.kind for each in judged)
    assert {kind: kinds[kind] for kind, fewest in FEWEST.items() if kinds[kind] < fewest} == {}


def test_the_kind_is_right_in_19_of_20(judged: list[Judged]) -> None:
    wrong = [(each.broken, each.found) for each in judged if not each.is_right]
    assert len(wrong) <= NUMBER // 20, wrong


def test_no_term_of_the_data_is_called_unknown(judged: list[Judged]) -> None:
    unknown = [(term, each) for each in judged for term in each.unknown()]
    assert len(unknown) >= 20
    for term, each in unknown:
        assert not any(str(known) == term for known in each.data.terms), (term, each.broken)


def test_the_part_is_the_one_that_was_broken(judged: list[Judged]) -> None:
    for each in judged:
        if each.is_right:
            parts = [part["text"] for part in each.found["parts"]]
            assert any(each.broken.part in part for part in parts), (parts, each.broken)
            for part in each.found["parts"]:
                line = each.broken.text.split("\n")[part["line"] - 1]
                assert not part["line"] or part["column"] <= len(line), (part, each.broken)


def test_what_was_meant_is_among_the_near_terms(judged: list[Judged]) -> None:
    meant = [each for each in judged if each.broken.near and each.is_right and each.found["complete"]]
    assert len(meant) >= 5
    for each in meant:
        assert each.broken.near in [near["term"] for term in each.found["terms"] for near in term["near"]]
