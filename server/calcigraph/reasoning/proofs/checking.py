"""One step of a proof in, nothing out (or StepWrong): a second opinion that shares no code with the search.

A step is matched against the W3C's rule text in `tables`, or against the rule's wording where it
speaks of lists or literals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.reasoning.constructs.asking import asked
from calcigraph.reasoning.proofs.list_steps import LIST_RULES, TYPE, Nodes
from calcigraph.reasoning.proofs.proof import Proof, StepWrong
from calcigraph.reasoning.queries.rule import ConstructRule
from calcigraph.reasoning.rules.patterns import Pattern, Rule
from calcigraph.reasoning.rules.tables import TABLE
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.datatypes import SUPPORTED, different, holds, value
from calcigraph.reasoning.terms.statements import Node, Statement
from calcigraph.reasoning.terms.vocabulary import VOCABULARY


def check_step(proof: Proof, rules: Sequence[ConstructRule] = ()) -> None:
    """Check one step (not those below it) against the rule that it names.

    `rules` are the root's CONSTRUCT rules, for steps that one of them made. Raises StepWrong.
    Cost: small; matching a rule body against the few triples of the step.
    """
    given = {_terms(t) for t in (*proof.axioms, *(premise.triple for premise in proof.premises))}
    conclusion = _terms(proof.triple)
    if proof.rule == "asserted":
        allowed = not given
    elif proof.rule.startswith("construct:"):
        allowed = _constructed(proof, rules)
    elif proof.rule in _LITERAL:
        allowed = not given and _LITERAL[proof.rule](*conclusion)
    elif proof.rule in LIST_RULES:
        allowed = any(body <= given for body in LIST_RULES[proof.rule](given, conclusion))
    else:
        allowed = any(_matches(rule, given, conclusion) for rule in TABLE if rule.name == proof.rule)
    if not allowed:
        raise StepWrong(
            f"{proof.triple} does not follow by {proof.rule} from what the step names.",
            "This is a fault of the reasoner: report it with the triple.",
        )


def check_proof(proof: Proof, rules: Sequence[ConstructRule] = ()) -> None:
    """Check every step of a proof. Raises StepWrong for the first that does not follow."""
    for step in proof.steps():
        check_step(step, rules)


def _terms(triple: Statement) -> Nodes:
    return triple.subject, triple.predicate, triple.object


def _matches(rule: Rule, given: set[Nodes], conclusion: Nodes) -> bool:
    if rule.head is None:
        return False
    start = _match(rule.head, conclusion, {})
    return start is not None and any(
        rule.guard is None or _is_number(found[rule.guard[0]], rule.guard[1])
        for found in _ways(rule.body, given, start)
    )


def _ways(body: tuple[Pattern, ...], given: set[Nodes], found: dict[str, Node]) -> Iterator[dict[str, Node]]:
    if not body:
        yield found
        return
    for triple in given:
        more = _match(body[0], triple, found)
        if more is not None:
            yield from _ways(body[1:], given, more)


def _match(pattern: Pattern, triple: Nodes, found: dict[str, Node]) -> dict[str, Node] | None:
    out = dict(found)
    for slot, node in zip(pattern, triple, strict=True):
        expected = out.setdefault(slot, node) if isinstance(slot, str) else VOCABULARY[slot]
        if expected != node:
            return None
    return out


def _is_number(node: Node, number: int) -> bool:
    point = value(node) if isinstance(node, ox.Literal) else None
    return point is not None and point.space == "decimal" and point.point == number


def _typed(subject: Node, predicate: Node, obj: Node) -> bool:
    if not isinstance(subject, ox.Literal) or not isinstance(obj, ox.NamedNode) or obj.value not in SUPPORTED:
        return False
    point = value(subject)
    return predicate == TYPE and point is not None and holds(obj.value, point)


def _equal(subject: Node, predicate: Node, obj: Node) -> bool:
    literals = isinstance(subject, ox.Literal) and isinstance(obj, ox.Literal)
    return literals and predicate == VOCABULARY[v.SAME_AS] and _values(subject, obj, same=True)


def _apart(subject: Node, predicate: Node, obj: Node) -> bool:
    literals = isinstance(subject, ox.Literal) and isinstance(obj, ox.Literal)
    return literals and predicate == VOCABULARY[v.DIFFERENT_FROM] and _values(subject, obj, same=False)


def _values(one: Node, other: Node, same: bool) -> bool:
    assert isinstance(one, ox.Literal)
    assert isinstance(other, ox.Literal)
    left, right = value(one), value(other)
    if left is None or right is None:
        return False
    return left == right if same else different(left, right)


def _reflexive(subject: Node, predicate: Node, obj: Node) -> bool:
    return predicate == VOCABULARY[v.SAME_AS] and subject == obj


def _axiom(node: int) -> Callable[[Node, Node, Node], bool]:
    axiom = (VOCABULARY[node], TYPE, VOCABULARY[v.CLASS])
    return lambda *triple: triple == axiom


_LITERAL: Final = {
    "cls-thing": _axiom(v.THING),
    "cls-nothing1": _axiom(v.NOTHING),
    "dt-type2": _typed,
    "dt-eq": _equal,
    "dt-diff": _apart,
    "eq-ref": _reflexive,
}


def _constructed(proof: Proof, rules: Sequence[ConstructRule]) -> bool:
    """Whether the rule builds the triple from its premises alone."""
    slug = proof.rule.partition(":")[2]
    read = [premise.triple for premise in proof.premises]
    if not all(isinstance(triple, ox.Triple) for triple in (proof.triple, *read)):
        return False  # no query sees a generalized triple
    store, single = ox.Store(), ox.Store()
    store.extend(ox.Quad(*triple) for triple in read)
    # The store may write a literal in another way, so the conclusion goes through one as well.
    single.add(ox.Quad(*proof.triple))
    wanted = next(iter(single)).triple
    default = [ox.DefaultGraph()]
    return any(wanted in set(asked(store, default, rule.text)) for rule in rules if rule.slug == slug)
