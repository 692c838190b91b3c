"""A workload in; milliseconds for one-triple changes and for proofs out, as JSON.

Runs in a process of its own: `python -m bench.reasoning.latency ONTOLOGY DATA`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from statistics import median, quantiles

import pyoxigraph as ox

from bench.reasoning.engines import triples
from calcigraph.reasoning import Inference, infer

ROUNDS = 60


def _sample(found: list[ox.Triple], count: int) -> list[ox.Triple]:
    return random.Random(3).sample(found, min(count, len(found)))


def changes(inference: Inference, facts: list[ox.Triple]) -> dict[str, float]:
    """Remove asserted triples one by one, then put them back; the first of each warm the indexes."""
    times: dict[str, list[float]] = {"delete": [], "add": []}
    for name, word in (("delete", "remove"), ("add", "add")):
        for triple in facts:
            start = time.perf_counter()
            inference, _ = inference.after(**{word: [triple]})
            times[name].append(1000 * (time.perf_counter() - start))
    return {f"{name} {what}": f(taken[2:]) for name, taken in times.items() for what, f in _FIGURES.items()}


def proofs(inference: Inference, goals: list[ox.Triple]) -> dict[str, float]:
    """A minimal proof of each goal."""
    taken = []
    for goal in goals:
        start = time.perf_counter()
        assert inference.explain(goal) is not None
        taken.append(1000 * (time.perf_counter() - start))
    return {f"proof {what}": f(taken[2:]) for what, f in _FIGURES.items()}


_FIGURES = {"median": median, "p95": lambda taken: quantiles(taken, n=20)[-1], "max": max}


def main(schema: str, data: str) -> None:
    asserted = list(triples(schema, data))
    inference = infer(asserted)
    facts = [t for t in asserted if t.subject.value.startswith("http://example.org/d/")]
    goals = _sample(list(inference.inferred), 500)
    figures = proofs(inference, goals)
    figures |= changes(inference, _sample(facts, ROUNDS))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
