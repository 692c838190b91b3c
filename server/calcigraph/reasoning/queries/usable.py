"""The algebra of a CONSTRUCT query in; nothing out, or why it is of no use as a rule (RuleRefused)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdflib import BNode, Literal, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.errors import Place
from calcigraph.reasoning.queries.places import Unknown, variables_of
from calcigraph.reasoning.queries.reads import Triple, triples
from calcigraph.reasoning.queries.rule import RuleRefused


def refuse_useless(query: Any, template: tuple[Triple, ...], place: Place) -> None:
    """Refuse (RuleRefused) what could never build a triple, or builds another one each time it runs."""
    slots = [slot for triple in template for slot in triple]
    if any(isinstance(slot, BNode) for slot in slots):
        raise RuleRefused(
            "The template makes blank nodes, which would be new ones each time the rule runs.",
            "Give the node an IRI, with BIND(IRI(...) AS ?node).",
            place,
        )
    if any(isinstance(triple[0], Literal) for triple in template):
        raise RuleRefused(
            "A triple of the template has a literal as its subject, which no triple has.",
            "Turn it round, or give it an IRI.",
            place,
        )
    _refuse_other_data(query, place)
    _refuse_unbound(query.p, slots, place)


def _refuse_other_data(query: Any, place: Place) -> None:
    if query.get("datasetClause") or any(node.name == "Graph" for node in _nodes(query.p)):
        raise RuleRefused(
            "The rule asks for graphs, and would find nothing: rules see the union of all graphs.",
            "Leave out FROM, and GRAPH around its patterns.",
            place,
        )


def _refuse_unbound(where: Any, slots: list[Any], place: Place) -> None:
    try:
        bound = may_bind(where)
    except Unknown:
        return
    for slot in slots:
        if isinstance(slot, Variable) and str(slot) not in bound:
            raise RuleRefused(
                f"Nothing in WHERE binds ?{slot}, so the triple of the template with it is never built.",
                f"Bind ?{slot} in WHERE, outside of NOT EXISTS, MINUS and FILTER, or mend its name.",
                place,
            )


def may_bind(node: Any) -> frozenset[str]:
    """The variables that a solution of a group may bind (SPARQL 1.1, section 18.2.1: those in scope).

    Raises Unknown.
    """
    if node.name == "BGP":
        return frozenset().union(*map(variables_of, triples(node)))
    if node.name in ("Filter", "OrderBy", "Distinct", "Reduced", "Slice", "ToMultiSet"):
        return may_bind(node.p)
    if node.name == "Extend":
        return may_bind(node.p) | {str(node.var)}
    if node.name in ("LeftJoin", "Join", "Union"):
        return may_bind(node.p1) | may_bind(node.p2)
    if node.name == "Minus":
        return may_bind(node.p1)
    if node.name == "Project":
        return may_bind(node.p) & set(map(str, node.PV))
    if node.name == "AggregateJoin":
        return frozenset(str(aggregate.res) for aggregate in node.A)
    if node.name == "values":
        return frozenset(str(name) for row in node.res for name in row)
    raise Unknown


def _nodes(node: Any) -> Iterator[CompValue]:
    """The nodes of an algebra, groups of EXISTS included."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _nodes(part)
    elif isinstance(node, CompValue):
        yield node
        for name, part in node.items():
            if name != "_vars":
                yield from _nodes(part)
        if node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            yield from _nodes(node.graph)
