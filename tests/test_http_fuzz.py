"""Mutated requests among well-formed ones, over many connections: each answer is to its own request, in
order, and nothing that a client sends is an error of the server's."""

from __future__ import annotations

import os
import random
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count, islice, takewhile

import pytest

from conftest import ROOTS, Server
from mutated_requests import END, MUTATIONS, Pipeline, pipeline
from raw_exchange import Response, every_response, exchange

CAMPAIGN_S = float(os.environ.get("CALCIGRAPH_FUZZ_SECONDS", "3600"))
SEED = int(os.environ.get("CALCIGRAPH_FUZZ_SEED", secrets.randbits(32)))
EVERYDAY = 500
CONNECTIONS = 8
# Pipelines between two looks at how the server does.
ROUND = 300


@pytest.fixture(scope="module")
def fuzzed(start: Callable[..., Server]) -> Server:
    """Waits a little, for what has swallowed even the end of its pipeline."""
    patience = [text for name in ("head", "body", "idle") for text in (f"--{name}-seconds", "3")]
    return start("fuzzed", ROOTS["toy"], "--reasoner", "none", *patience)


def judge(sent: Pipeline, answers: list[Response]) -> None:
    """What was well-formed and stood before the mutant has its answer, one for each; those that came after it
    are in their order, and nobody else's.

    A server may say of any response that it is the last (RFC 9112, section 9.3.2): this one does where a
    client has sent more ahead than it keeps, and its answer takes long.
    """
    assert [one.status for one in answers if one.status >= 500 and one.status not in (501, 505)] == []
    for mark, answer in zip(sent.marks[: sent.whole], answers, strict=False):
        assert answer.status in (200, 404), answer
        assert mark.encode() in answer.body, (mark, answer)
    assert len(answers) >= sent.whole or ends_early(sent, answers)
    assert len(answers) <= sent.whole or sent.place is not None
    # What is refused may show more than its own mark, where a mutant has swallowed what came behind it; and a
    # mutant may show the mark of another one, where a bit of its own has changed.
    unharmed = [answer for number, answer in enumerate(answers) if number != sent.place]
    found = [mark for answer in unharmed if answer.status == 200 for mark in marks_of(answer)]
    places = [sent.marks.index(mark) for mark in found if mark in sent.marks]
    assert places == sorted(set(places)), found
    # A mutant may have its own mark harmed; any other one is another connection's.
    others = {mark for answer in answers for mark in marks_of(answer)} - {*sent.marks}
    assert len(others) <= (sent.place is not None), others


def ends_early(sent: Pipeline, answers: list[Response]) -> bool:
    """Whether the connection was ended, in so many words, before all that is well-formed was answered."""
    return 0 < len(answers) < sent.whole and answers[-1].fields.get("connection") == "close"


def marks_of(answer: Response) -> list[str]:
    """The marks that an answer shows, each once."""
    return [
        *dict.fromkeys(mark.decode() for mark in re.findall(rb"\bm[0-9a-f]+x\d+\.\d+\.(?=\W)", answer.body))
    ]


class Fuzzing:
    """What became of pipelines, each made from the seed and its own number; counted by what they are for."""

    def __init__(self, server: Server, seed: int) -> None:
        self.hits: Counter[str] = Counter()
        self.mutants: Counter[str] = Counter()
        self._server = server
        self._seed = seed

    def run(self, numbers: Iterator[int]) -> None:
        """Several at once. Raises: AssertionError with what reproduces it."""
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            for sent, answers in threads.map(self._sent, numbers):
                self._count(sent, answers)

    def _sent(self, number: int) -> tuple[Pipeline, list[Response]]:
        sent = pipeline(random.Random(f"{self._seed} {number}"), f"m{self._seed:x}x{number}")
        received = exchange(self._server, *sent.pieces, pause_s=0.001)
        try:
            answers = every_response(received)
            judge(sent, answers)
        except Exception as error:
            pieces = b" ".join(sent.pieces).removesuffix(END)[:4000]
            raise AssertionError(
                f"seed {self._seed}, pipeline {number}, {sent.mutation}: {pieces!r} {received[:4000]!r}"
            ) from error
        return sent, answers

    def _count(self, sent: Pipeline, answers: list[Response]) -> None:
        self.hits["pipelines"] += 1
        self.hits["requests"] += len(sent.marks)
        self.hits["chunked"] += sent.chunked
        self.hits["pipelined"] += len(answers) > 1
        self.hits["ended early"] += ends_early(sent, answers)
        self.hits["answered well"] += sum(one.status == 200 for one in answers)
        if sent.place is not None:
            self.mutants[sent.mutation] += 1
            of_mutant = answers[sent.place : sent.place + 1]
            self.hits[f"mutant: {of_mutant[0].status if of_mutant else 'closed'}"] += 1
            self.hits["behind an accepted mutant"] += len(answers) > sent.place + 1

    def check_hits(self) -> None:
        """That it meets what it is for."""
        hits, mutants = self.hits, self.mutants.total()
        print(f"seed {self._seed}:", *(f"{name} {number};" for name, number in sorted(hits.items())))
        assert set(self.mutants) == set(MUTATIONS)
        assert 0.7 * hits["pipelines"] < mutants < 0.9 * hits["pipelines"]
        # On a machine that is busy with something else.
        assert hits["ended early"] < 0.01 * hits["pipelines"]
        assert hits["pipelined"] > 0.4 * hits["pipelines"]
        assert hits["chunked"] > 0.2 * hits["requests"]
        assert hits["mutant: 200"] > 0.1 * mutants
        assert hits["mutant: 400"] > 0.3 * mutants
        assert hits["behind an accepted mutant"] > 0.1 * mutants
        assert hits["mutant: 413"] + hits["mutant: 431"] > 0.01 * mutants
        # As many are refused for another reason.
        assert sum(1 for name in hits if name.startswith("mutant: 4")) >= 5, hits


def check(server: Server) -> None:
    mark = secrets.token_hex(8)
    assert mark in server.ask(f'SELECT ("{mark}" AS ?m) {{}}').text
    assert "Traceback" not in server.log.read_text()
    assert 'status="500"' not in server.get("/metrics").text


def test_a_few_hundred_mutants_mix_nothing_up(fuzzed: Server) -> None:
    fuzzing = Fuzzing(fuzzed, SEED)
    fuzzing.run(iter(range(EVERYDAY)))
    check(fuzzed)
    fuzzing.check_hits()


def test_answers_that_are_mixed_up_are_noticed() -> None:
    sent = pipeline(random.Random(1), "m1x1")
    while sent.place is not None or len(sent.marks) < 3:
        sent = pipeline(random.Random(sent.pieces[-1]), "m1x1")
    answers = [Response(200, {}, f"m\r\n{mark}\r\n".encode()) for mark in sent.marks]
    judge(sent, answers)
    first, second, *others = answers
    behind = replace(sent, place=0)
    judge(behind, answers)
    judge(sent, [replace(first, fields={"connection": "close"})])
    for told, mixed in [
        (sent, [second, first, *others]),
        (sent, [first, *others]),
        (sent, [first]),
        (sent, [*answers, first]),
        (behind, [first, *reversed(answers[1:])]),
        (behind, [*answers, second]),
        (behind, [replace(first, status=500), second, *others]),
        (sent, [replace(first, body=b"m\r\nm1x2.0.\r\n"), second, *others]),
    ]:
        with pytest.raises(AssertionError):
            judge(told, mixed)


@pytest.mark.campaign
def test_an_hour_of_mutants_mixes_nothing_up(fuzzed: Server) -> None:
    fuzzing = Fuzzing(fuzzed, SEED)
    give_up, numbers = time.monotonic() + CAMPAIGN_S, count()
    for _ in takewhile(lambda _: time.monotonic() < give_up, count()):
        fuzzing.run(islice(numbers, ROUND))
        check(fuzzed)
        print(f"{fuzzing.hits['pipelines']} pipelines", flush=True)
    fuzzing.check_hits()
