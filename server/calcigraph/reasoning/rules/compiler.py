"""The schema in, a `Program` of rules over known predicates and classes out (partial evaluation).

Each compiled rule keeps its W3C name and the axioms that made it. What follows from shorter steps is
left out: an inferred rdfs:subClassOf whose members arrive over the classes in between, say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from calcigraph.reasoning.facts.arrays import join_pairs
from calcigraph.reasoning.facts.columns import class_key
from calcigraph.reasoning.rules.axioms import report_ill_typed
from calcigraph.reasoning.rules.disjoint import AS_SAID, disjoint_lists, disjoint_pairs
from calcigraph.reasoning.rules.hierarchy import Hierarchy
from calcigraph.reasoning.rules.lists import list_rules
from calcigraph.reasoning.rules.patterns import Pattern, Rule, is_variable, substitute
from calcigraph.reasoning.rules.program import Atom, CompiledRule, Program
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.rules.tables import DATA_FAMILIES, SCHEMA_FAMILY, TABLE
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.datatypes import integer_value

# Left out because other rules say the same: the equivalences imply both subclass (subproperty)
# axioms by scm-eqc1 (scm-eqp1), and lists imply theirs by scm-int and scm-uni.
_IMPLIED = {"cax-eqc1", "cax-eqc2", "prp-eqp1", "prp-eqp2"}

_REDUCED = {"cax-sco", "prp-spo1", "prp-dom", "prp-rng"}

_KINDS = tuple(
    class_key(v.NAMES[kind]) for kind in ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")
)

_SCHEMA_ONLY = tuple(rule for rule in TABLE if rule.name.startswith(SCHEMA_FAMILY))

_DATA_RULES = tuple(rule for rule in TABLE if rule.name.startswith(DATA_FAMILIES))


def _is_bound(rule: Rule) -> bool:
    """Whether a rule puts every class below owl:Thing or above owl:Nothing."""
    return rule.head is not None and (rule.head[0] == v.NOTHING or rule.head[2] == v.THING)


def schema_rules(schema: Schema, things: bool) -> list[CompiledRule]:
    """The rules of table 9: their predicates are known without compiling.

    `things` asks for scm-cls in full, by which every declared class is between owl:Nothing and
    owl:Thing.
    """
    schema.reads.update(_KINDS)
    rules = [rule for rule in _SCHEMA_ONLY if things or not _is_bound(rule)]
    lists = [rule for rule in list_rules(schema) if rule.name in ("scm-int", "scm-uni")]
    compiled = [_ground(_over_own_fillers(rule, schema), schema) for rule in (*rules, *lists)]
    schema.reads.update(atom.key for rule in compiled for atom in rule.body)
    return compiled


def _over_own_fillers(rule: Rule, schema: Schema) -> Rule:
    """scm-svf2 and scm-avf2 ask for one and the same filler: not for two that say the same."""
    if rule.name not in ("scm-svf2", "scm-avf2") or not schema.own:
        return rule
    return replace(rule, body=tuple((s, schema.own.get(p, p), o) for s, p, o in rule.body))  # type: ignore[arg-type]


def compile_program(schema: Schema) -> Program:
    """Every rule that the closed schema makes. Cost: linear in the axioms and what they combine to."""
    rules: dict[tuple[object, ...], CompiledRule] = {}
    for rule in _instances(schema):
        compiled = _ground(rule, schema)
        if compiled.head is None or compiled.head not in compiled.body:
            # Two names for one and the same rule are kept apart only where they name a clash.
            name = compiled.name if compiled.head is None else ""
            rules.setdefault((name, compiled.body, compiled.head), compiled)
    everything = list(rules.values())
    schema.reads.add(class_key(schema.equality.of(v.NOTHING)))
    report_ill_typed(schema)
    return Program(
        [rule for rule in everything if rule.head is not None],
        [rule for rule in everything if rule.head is None],
        tuple(disjoint_lists(schema)),
        tuple(disjoint_pairs(schema)),
        frozenset(schema.reads),
        tuple(schema.findings.values()),
    ).index()


def _instances(schema: Schema) -> Iterator[Rule]:
    for rule in _DATA_RULES:
        if rule.name not in _IMPLIED and rule.name not in AS_SAID:
            yield from _partial(rule, schema)
    for rule in list_rules(schema):
        if rule.name not in ("cls-int2", "cls-uni", "scm-int", "scm-uni"):
            yield rule
    same: Pattern = ("?x", v.DIFFERENT_FROM, "?x")
    yield Rule("eq-diff1", (same,), None)


def _is_axiom(pattern: Pattern) -> bool:
    _, predicate, obj = pattern
    return not is_variable(predicate) and (predicate != v.TYPE or (not is_variable(obj) and obj != v.NOTHING))


def _partial(rule: Rule, schema: Schema) -> Iterator[Rule]:
    axioms = [pattern for pattern in rule.body if _is_axiom(pattern)]
    data = [pattern for pattern in rule.body if not _is_axiom(pattern)]
    for binding in (
        _kept(rule.name, axioms[0], schema) if rule.name in _REDUCED else _bindings(axioms, schema)
    ):
        if (
            rule.guard
            and integer_value(schema.equality.all(binding[rule.guard[0]]), schema.terms) != rule.guard[1]
        ):
            continue
        made = [substitute(pattern, binding) for pattern in axioms]
        if rule.name in ("cls-svf1", "cls-maxqc1", "cls-maxqc3") and binding["?c"] == schema.equality.of(
            v.THING
        ):
            continue  # cls-svf2, cls-maxqc2 and cls-maxqc4 ask less and say the same
        body = tuple(substitute(pattern, binding) for pattern in data)
        head = substitute(rule.head, binding) if rule.head else None
        yield Rule(rule.name, body, head, axioms=tuple(made))  # type: ignore[arg-type]


def _kept(name: str, axiom: Pattern, schema: Schema) -> Iterator[dict[str, int]]:
    subject, _, obj = axiom
    return ({str(subject): left, str(obj): right} for left, right in _reduced(name, schema))


def _bindings(patterns: list[Pattern], schema: Schema) -> Iterator[dict[str, int]]:
    if not patterns:
        yield {}
        return
    todo: list[tuple[dict[str, int], int]] = [({}, 0)]
    while todo:
        binding, depth = todo.pop()
        if depth == len(patterns):
            yield binding
            continue
        subject, predicate, obj = substitute(patterns[depth], binding)
        todo += [(binding | new, depth + 1) for new in _matches(subject, predicate, obj, schema)]


def _matches(
    subject: int | str, predicate: int | str, obj: int | str, schema: Schema
) -> Iterator[dict[str, int]]:
    assert isinstance(predicate, int)
    if predicate == v.TYPE:
        assert isinstance(obj, int)
        for instance in schema.members(obj):
            if isinstance(subject, str):
                yield {subject: instance}
            elif subject == instance:
                yield {}
        return
    if isinstance(subject, str):
        pairs = schema.pairs(predicate)
    else:
        pairs = [(subject, found) for found in schema.objects(subject, predicate)]
    for left, right in pairs:
        if isinstance(obj, str) or schema.equality.of(obj) == right:
            yield {name: value for name, value in ((subject, left), (obj, right)) if isinstance(name, str)}


def _reduced(name: str, schema: Schema) -> list[tuple[int, int]]:
    """The axioms of these rules that do not follow from the others along a hierarchy."""
    if name in ("cax-sco", "prp-spo1"):
        hierarchy = Hierarchy(schema.column(v.SUB_CLASS_OF if name == "cax-sco" else v.SUB_PROPERTY_OF))
        kept = hierarchy.reduced
    else:
        pairs = schema.column(v.DOMAIN if name == "prp-dom" else v.RANGE)
        classes = Hierarchy(schema.column(v.SUB_CLASS_OF)).steps_up
        properties = Hierarchy(schema.column(v.SUB_PROPERTY_OF)).steps_down
        redundant = np.union1d(join_pairs(pairs, classes), join_pairs(properties, pairs))
        kept = np.setdiff1d(pairs, redundant, assume_unique=True)
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in kept.tolist()]


def _atom(pattern: Pattern) -> Atom:
    subject, predicate, obj = pattern
    assert isinstance(predicate, int)
    if predicate == v.TYPE and isinstance(obj, int):
        return Atom(class_key(obj), (subject,))
    return Atom(predicate, (subject, obj))


def _ground(rule: Rule, schema: Schema) -> CompiledRule:
    of = schema.equality.of

    def settle(pattern: Pattern) -> Atom:
        subject, predicate, obj = (slot if isinstance(slot, str) else of(slot) for slot in pattern)
        return _atom((subject, v.TYPE if predicate == of(v.TYPE) else predicate, obj))

    body = tuple(settle(p) for p in rule.body if p[1] != v.SAME_AS or p[0] != p[2])
    return CompiledRule(rule.name, body, settle(rule.head) if rule.head else None, rule.axioms)
