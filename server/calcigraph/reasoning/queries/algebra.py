"""The text of a CONSTRUCT rule in; what it reads, negates, builds and matches out.

`parsed` reads the algebra; the rules are the root's own and trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pyoxigraph as ox
from rdflib import Literal, URIRef

from calcigraph.errors import Place
from calcigraph.reasoning.queries.parsed import algebra_of
from calcigraph.reasoning.queries.places import required
from calcigraph.reasoning.queries.reads import Read, Triple, outer, read, reads, walk
from calcigraph.reasoning.queries.rule import RuleRefused
from calcigraph.reasoning.queries.text import GroupText, Text, split
from calcigraph.reasoning.queries.usable import refuse_useless
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep, parse_query
from calcigraph.sparql.repeatable import escape_in, obstacles
from calcigraph.sparql.tree import Query


@dataclass(frozen=True)
class GroupPattern:
    """A group graph pattern (SPARQL 1.1, section 5.2) as a SELECT of its own, with its triple patterns
    except those of EXISTS, and `conditions`, the groups of EXISTS.

    A condition selects all variables that it names, so that a solution of the group around it can be put in
    for each, also where only a filter has it (section 18.6, substitute).
    """

    select: str
    patterns: tuple[Triple, ...]
    variables: frozenset[str]
    conditions: tuple[GroupPattern, ...]


@dataclass(frozen=True)
class Algebra:
    """What a rule's text says; `where` is the algebra of its WHERE group as rdflib has it."""

    template: tuple[Triple, ...]
    positive: frozenset[Read]
    negative: frozenset[Read]
    where: Any
    text: Text

    @property
    def reads(self) -> frozenset[Read]:
        """What the rule looks at."""
        return self.positive | self.negative

    @property
    def writes(self) -> frozenset[Read]:
        """What the rule may build."""
        return frozenset(read(triple) for triple in self.template)

    @property
    def required(self) -> tuple[Triple, ...]:
        """Patterns that each solution of the rule matches, as far as that is known."""
        return required(self.where.p) if self.where.name == "Project" else ()

    @cached_property
    def groups(self) -> tuple[GroupPattern, ...]:
        """The WHERE clause, then each sub-select inside it, outermost first."""
        return tuple(_group(self.text.prologue, group) for group in self.text.groups)


@lru_cache(maxsize=256)
def analyse(slug: str, text: str) -> Algebra:
    """Read one rule. Raises RuleRefused, naming it, when it is not a CONSTRUCT query of use."""
    place = Place(f"ontology/rules/{slug}.rq")
    tree = _tree(text, place)
    try:
        query = algebra_of(text)
    except Exception as error:
        # rdflib raises bare Exceptions as well. What it is given is the root's own, and SPARQL.
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise RuleRefused(
            f"The reasoner cannot read the rule: {reason}.",
            "Write it in the language of SPARQL 1.1.",
            place,
        ) from error
    if query.name != "ConstructQuery" or not query.template:
        raise RuleRefused("The rule is not CONSTRUCT { template } WHERE { pattern }.", "Write it so.", place)
    template = tuple(tuple(triple) for triple in query.template)
    refuse_useless(query, template, place)
    found = list(walk(query.p, positive=True))
    return Algebra(
        template,
        frozenset(each for triple, good in found if good for each in reads(triple)),
        frozenset(each for triple, good in found if not good for each in reads(triple)),
        query.p,
        split(text, tree),
    )


def _tree(text: str, place: Place) -> Query:
    """The tree of a rule whose solutions depend on its data alone. Raises RuleRefused."""
    try:
        tree = parse_query(text)
    except (SparqlMalformed, SparqlTooDeep) as error:
        where = Place(place.file, error.line, error.column)
        raise RuleRefused("The rule is not well-formed SPARQL.", "Mend the syntax here.", where) from error
    escape = escape_in(text)
    for obstacle in (*obstacles(text, tree), *([escape] if escape is not None else [])):
        where = Place(place.file, obstacle.line, obstacle.column)
        raise RuleRefused(obstacle.message, obstacle.remedy, where)
    return tree


def term(node: Any) -> Any:
    """An rdflib term as pyoxigraph's; a variable or a path stays as it is."""
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return node


def _group(prologue: str, group: GroupText) -> GroupPattern:
    select = f"{prologue}SELECT * WHERE {group.text}"
    algebra = algebra_of(select)
    variables = frozenset(str(name) for name in algebra.PV)
    return GroupPattern(select, tuple(outer(algebra)), variables, _conditions(prologue, group))


def _conditions(prologue: str, group: GroupText) -> tuple[GroupPattern, ...]:
    return tuple(_condition(prologue, each) for each in group.conditions)


def _condition(prologue: str, group: GroupText) -> GroupPattern:
    selected = " ".join(f"?{name}" for name in group.variables) or "(1 AS ?any__one)"
    select = f"{prologue}SELECT {selected} WHERE {group.text}"
    patterns = tuple(outer(algebra_of(select)))
    return GroupPattern(select, patterns, frozenset(group.variables), _conditions(prologue, group))
