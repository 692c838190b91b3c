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


def measured(engine: str, triples: frozenset[ox.Triple], seconds: float) -> dict[str, Any]:
    """What an engine finds, and what it takes from triples in memory on."""
    began = time.process_time()
    if engine in ("elk", "hermit"):
        found = classify(triples, ReasonerAsked(engine, seconds))  # type: ignore[arg-type]
        return {
            "seconds": found.seconds,
            "named": len(found.subsumptions),
            "empty": len(found.unsatisfiable),
            "inconsistent": found.inconsistent,
        }
    if engine == "owlrl":
        closed = frozenset(owlrl.close(triples))
        took = time.process_time() - began
        return {"seconds": took, "missing": len(infer(triples).inferred - closed), **_named(closed)}
    inference = infer(triples)
    inferred = inference.inferred
    took = time.process_time() - began
    copies = inference._parts.engine.state().copies
    use = axiom_use(triples)
    return {
        "seconds": took,
        "triples": len(triples),
        "inferred": len(inferred),
        "left out": copies.left_out,
        "clashes": len(inference.clashes),
        "axioms": use.axioms,
        "within": use.used,
        **_named(triples | inferred),
    }


def _named(triples: frozenset[ox.Triple]) -> dict[str, int]:
    """Subsumptions, without those of a class that OWL 2 RL itself puts below owl:Nothing."""
    return {"named": len(set(named_subsumptions(triples)))}


def main() -> None:
    """Measure, and print it."""
    engine, path, seconds = sys.argv[1:]
    found = measured(engine, read_files([Path(path)]).triples, float(seconds))
    peak = resource.getrusage(
        resource.RUSAGE_CHILDREN if engine in ("elk", "hermit") else resource.RUSAGE_SELF
    )
    print(json.dumps({**found, "mb": peak.ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
