"""One engine on one ontology, in a process of its own; a line of JSON out.

`python -m bench.ontologies.measure ENGINE FILE SECONDS`, where the engine is ours, owlrl, elk or hermit.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from calcigraph.classification import ReasonerAsked, classify
from calcigraph.classification.against_rl import named_subsumptions
from calcigraph.rdf.reading import read_files
from calcigraph.reasoning import axiom_use, infer
from calcigraph.reasoning.engines import owlrl

_MEMORY_MIB = 8192
# So many times the processor time may pass until the machine is given up.
_WALL = 20


def measured(engine: str, triples: frozenset[ox.Triple], seconds: float) -> dict[str, Any]:
    """What an engine finds, and what it takes from triples in memory on."""
    began = _spent()
    if engine in ("elk", "hermit"):
        # Its own limit is one of the wall clock, which is not to end it.
        asked = ReasonerAsked(engine, _WALL * seconds, _MEMORY_MIB)  # type: ignore[arg-type]
        found = classify(triples, asked)
        took = _since(began)
        ours = set(named_subsumptions(triples | infer(triples).inferred))
        return {
            **took,
            "named": len(found.subsumptions),
            "beyond": len(found.subsumptions - ours),
            "lacking": len(ours - found.subsumptions),
            "empty": len(found.unsatisfiable),
            "inconsistent": found.inconsistent,
        }
    if engine == "owlrl":
        closed = frozenset(owlrl.close(triples))
        took = _since(began)
        return {**took, "missing": len(infer(triples).inferred - closed), **_named(closed)}
    inference = infer(triples)
    inferred = inference.inferred
    took = _since(began)
    copies = inference._parts.engine.state().copies
    use = axiom_use(triples)
    return {
        **took,
        "triples": len(triples),
        "inferred": len(inferred),
        "left out": copies.left_out,
        "clashes": len(inference.clashes),
        "axioms": use.axioms,
        "within": use.used,
        **_named(triples | inferred),
    }


def _spent() -> tuple[float, float]:
    """Processor time of this process and of those that it has waited for, and the wall clock."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used), time.monotonic()


def _since(began: tuple[float, float]) -> dict[str, float]:
    """What has been spent since."""
    seconds, wall = _spent()
    return {"seconds": seconds - began[0], "wall": wall - began[1]}


def _named(triples: frozenset[ox.Triple]) -> dict[str, int]:
    """Subsumptions, without those of a class that OWL 2 RL itself puts below owl:Nothing."""
    return {"named": len(set(named_subsumptions(triples)))}


def main() -> None:
    """Measure, and print it."""
    engine, path, seconds = sys.argv[1:]
    # A child process has the same limit for itself, and begins at nothing.
    resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)), int(float(seconds)) + 5))
    if engine not in ("elk", "hermit"):
        # Java reserves more than it uses, and has a limit of its own.
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MIB << 20, _MEMORY_MIB << 20))
    found = measured(engine, read_files([Path(path)]).triples, float(seconds))
    peak = resource.getrusage(
        resource.RUSAGE_CHILDREN if engine in ("elk", "hermit") else resource.RUSAGE_SELF
    )
    print(json.dumps({**found, "mb": peak.ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
