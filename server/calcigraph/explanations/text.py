"""An explanation in, an indented tree for a terminal out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.explanations import Explanation, Step, show
from calcigraph.explanations.evidence import Decision, Line, Named, Proposition
from calcigraph.rdf.terms import show_term
from calcigraph.rdf.turtle import write_turtle
from calcigraph.reasoning import Statement


def as_text(explanation: Explanation) -> str:
    """The proof as a tree: each triple with its rule and graph, axioms and evidence below it.

    A rule of the root reads many triples that only say that a proposition was accepted; these are
    counted by graph instead of listed. The other renderings list them all. The last lines are
    those of `spelling_notes`. Raises: ProofTooLarge.
    """
    tree = _step(explanation.dataset, explanation.tree, "", "")
    return "\n".join((*tree, *spelling_notes(explanation)))


def spelling_notes(explanation: Explanation) -> Iterator[str]:
    """What to know where a literal is written in several ways: that another one was asked for, and each
    other one that holds."""
    dataset, proven = explanation.dataset, explanation.conclusion.triple
    prefixes = dataset.root.prefixes
    if explanation.asked != proven:
        yield f"asked for in another spelling: {show_term(explanation.asked.object, prefixes)}"
    for spelled in explanation.spellings:
        if spelled != proven:
            graphs = ", ".join(_graph(dataset, graph) for graph in dataset.graphs_of(spelled))
            yield f"also written: {show_term(spelled.object, prefixes)}   [in {graphs}]"


def _step(dataset: Edition, step: Step, first: str, rest: str) -> Iterator[str]:
    listed, counted = _premises(step)
    standing = "asserted" if step.is_asserted else f"by {step.rule}"
    graphs = ", ".join(_graph(dataset, graph) for graph in step.graphs)
    yield f"{first}{show(dataset, step.triple)}   [{standing}{f' in {graphs}' if graphs else ''}]"
    bar = rest + ("│    " if listed else "     ")
    yield from (f"{bar}axiom: {line}" for line in _axioms(dataset, step.axioms))
    for proposition in step.propositions:
        yield from (f"{bar}{line}" for line in _proposition(proposition))
    if counted:
        yield f"{bar}rests on {_counts(dataset, counted)}"
    for premise in listed:
        last = premise is listed[-1]
        yield from _step(
            dataset, premise, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  ")
        )


def _premises(step: Step) -> tuple[list[Step], list[Step]]:
    """The premises to list, and those to count: what a rule of the root read, where nothing is
    said about it. Without evidence on the conclusion itself nothing is left out."""
    if not step.rule.startswith("construct:") or not step.propositions:
        return list(step.premises), []
    counted = [premise for premise in step.premises if premise.is_asserted and not premise.propositions]
    return [premise for premise in step.premises if premise not in counted], counted


def _counts(dataset: Edition, steps: list[Step]) -> str:
    graphs = Counter(_graph(dataset, graph) for step in steps for graph in step.graphs[:1])
    parts = (f"{count} in {graph}" for graph, count in sorted(graphs.items()))
    return f"{len(steps)} asserted triples: {', '.join(parts)}"


def _axioms(dataset: Edition, axioms: tuple[Statement, ...]) -> Iterator[str]:
    triples = [axiom for axiom in axioms if isinstance(axiom, ox.Triple)]
    for line in write_turtle(triples, dataset.root.prefixes).splitlines():
        if line.strip():
            yield line.rstrip(" .")


def _graph(dataset: Edition, graph: ox.NamedNode) -> str:
    return graph.value.removeprefix(dataset.root.graph("").value)


def _proposition(proposition: Proposition) -> Iterator[str]:
    contested = ", contested" if proposition.contested else ""
    conditions = "".join(f", only {text}" for text in proposition.conditions)
    yield f"proposition: {proposition.named}{contested}{conditions}"
    yield from (f"  {_decision(decision)}" for decision in proposition.decisions)
    yield from (f"  {_line(line)}" for line in proposition.lines)


def _decision(decision: Decision) -> str:
    name = decision.named.identifier or decision.named.label
    basis = f" On {', '.join(b.identifier or b.label for b in decision.basis)}." if decision.basis else ""
    head = f"{decision.verdict.label} ({name}){_grades(decision.grades)}"
    return f"{head}: {'; '.join(decision.reasons)}{basis}"


def _line(line: Line) -> str:
    evidence = ", ".join(map(str, line.evidence))
    sources = "; ".join(f"{s.named}{' (retracted)' if s.retracted else ''}" for s in line.sources)
    return f"{line.stance.label}: {evidence}{_grades(line.grades)}" + (f" — {sources}" if sources else "")


def _grades(grades: tuple[Named, ...]) -> str:
    return f" [{', '.join(grade.label for grade in grades)}]" if grades else ""
