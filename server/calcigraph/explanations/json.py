"""An explanation in, plain JSON values out."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.explanations import Explanation, Step
from calcigraph.explanations.evidence import Decision, Line, Named, Proposition, Source
from calcigraph.rdf.terms import Term
from calcigraph.reasoning import Statement

Json = dict[str, Any]


def as_json(explanation: Explanation) -> Json:
    """The proof as nested objects; terms as in SPARQL 1.1 Query Results JSON, section 3.2.2.

    `asked` is the triple that was asked for, and `spellings` are the objects of the triples that queries
    answer as one with what is proven, each with the graphs that hold it so.
    """
    dataset = explanation.dataset
    spellings = [
        {"object": _term(spelled.object), "graphs": [graph.value for graph in dataset.graphs_of(spelled)]}
        for spelled in explanation.spellings
    ]
    return {
        "asked": _triple(dataset, explanation.asked),
        "spellings": spellings,
        **_step(dataset, explanation.tree),
    }


def _step(dataset: Edition, step: Step) -> Json:
    return {
        **_triple(dataset, step.triple),
        "rule": step.rule,
        "axioms": [_triple(dataset, axiom) for axiom in step.axioms],
        "graphs": [graph.value for graph in step.graphs],
        "propositions": [proposition_json(p) for p in step.propositions],
        "premises": [_step(dataset, premise) for premise in step.premises],
    }


def _triple(dataset: Edition, triple: Statement) -> Json:
    parts = zip(
        ("subject", "predicate", "object"), (triple.subject, triple.predicate, triple.object), strict=True
    )
    return {name: {**_term(node), "label": dataset.label(node)} for name, node in parts}


def _term(node: Term) -> Json:
    if isinstance(node, ox.NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, ox.Literal):
        return {"type": "literal", "value": node.value, **_kind_of(node)}
    return {"type": "bnode", "value": str(node).removeprefix("_:")}


def _kind_of(literal: ox.Literal) -> Json:
    """Language and base direction of a literal, else its datatype (SPARQL 1.2, the same section)."""
    if not literal.language:
        return {"datatype": literal.datatype.value}
    direction = {"its:dir": literal.direction.value} if literal.direction else {}
    return {"xml:lang": literal.language, **direction}


def _named(named: Named) -> Json:
    return {**_term(named.node), "label": named.label, "identifier": named.identifier or None}


def proposition_json(proposition: Proposition) -> Json:
    """What the sources say of a triple, and what was decided about it."""
    return {
        **_named(proposition.named),
        "contested": proposition.contested,
        "conditions": list(proposition.conditions),
        "contexts": [_named(context) for context in proposition.contexts],
        "decisions": [_decision(decision) for decision in proposition.decisions],
        "evidence": [_line(line) for line in proposition.lines],
    }


def _decision(decision: Decision) -> Json:
    return {
        **_named(decision.named),
        "verdict": _named(decision.verdict),
        "reasons": list(decision.reasons),
        "basis": [_named(basis) for basis in decision.basis],
        "grades": [_named(grade) for grade in decision.grades],
    }


def _line(line: Line) -> Json:
    return {
        **_term(line.node),
        "stance": _named(line.stance),
        "evidence": [_named(evidence) for evidence in line.evidence],
        "sources": [_source(source) for source in line.sources],
        "grades": [_named(grade) for grade in line.grades],
    }


def _source(source: Source) -> Json:
    return {
        **_named(source.named),
        "partOf": _named(source.part_of) if source.part_of else None,
        "position": source.position or None,
        "retracted": source.retracted,
    }
