"""A pattern and what stands before it in, whether LATERAL may join them out.

`A LATERAL { B }` evaluates B anew for each solution m of A, beginning with the values of m (SPARQL
Enhancement Proposal 6; the engine hands m to every part of B but the inside of a sub-select). By SPARQL
1.1, section 18.5, `A { B }` is Join(A, B): each m of A with each compatible solution of B. The two are
equal, as multisets, where for each m

    (1)   eval(B, beginning with m)  =  { m + b | b in eval(B), b compatible with m }.

D is what m may bind: the variables in scope in A (18.2.1). By induction over B (18.6):

- a triple pattern binds each of its variables, so that beginning with m leaves out just the matches that
  are incompatible with m: (1) holds for every D. So it does for a path that has no alternatives and at
  least one step. A path of no length joins a term with itself, also one that is in no triple, where one of
  its ends has a value; where none has, it takes the nodes of the graph (18.4). It keeps (1) where its
  variables of D are nodes: subject or object of a triple pattern of A on the same graph. Paths with
  alternatives are left alone: the engine counts their solutions otherwise where both ends have values.
- Join, Union, GRAPH (18.5): (1) holds where it holds for their parts, as (m + b1) is compatible with b2
  just where b1 is compatible with b2 and both are with m.
- Filter(F, P) evaluates F on m + p instead of p. Where each variable of D that F names, also in an EXISTS,
  is bound by every solution of P (18.3 to 18.5), p and m agree on it, and F has the same value. Not with a
  MINUS in the EXISTS, see below.
- LeftJoin(P, Q, F): the same where each variable of D that Q or F names is bound by every solution of P,
  and (1) holds for Q: then Q begins with nothing that P does not bind to the same.
- Extend(P, v, e): the same for e, where v is not in D.
- VALUES: where none of its variables is in D (LATERAL may assign none of them).
- MINUS, sub-selects, SERVICE and LATERAL: (1) is not claimed. MINUS asks which variables two solutions
  share, and both have those of m; a LIMIT or a COUNT would be one for each m.

The conditions are of the form "the variables of D that ... are among ...", so what holds for one D and for
another holds for both together: what is put into the LATERAL of another LATERAL, or into an EXISTS, stays
equal there.

OPTIONAL as a whole: LeftJoin(A, Q, F) is `A LATERAL { OPTIONAL { Q FILTER F } }` where (1) holds for Q
without F: F is evaluated on m + q in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from calcigraph.engine.rewriting.flat_triples import is_name, may_be_empty, steps
from calcigraph.sparql.scope import certain, named
from calcigraph.sparql.tree import (
    AlternativePath,
    Bind,
    Filter,
    GraphPattern,
    Group,
    Minus,
    NegatedPath,
    Node,
    Optional,
    Pattern,
    Property,
    TriplesBlock,
    Union,
    Values,
    Variable,
    walk,
)

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Before:
    """What stands before a pattern: the variables in scope there (`seen`), and those of them that are nodes
    of the graph that the pattern is matched with. Where `counts` is false, it matters only whether there is a
    solution."""

    seen: frozenset[str]
    nodes: frozenset[str] = _NONE
    counts: bool = True

    def holds(self, pattern: Pattern) -> bool:
        """Whether `pattern` may be put into a LATERAL: whether (1) holds for it. Cost: linear for each level
        of OPTIONAL and FILTER."""
        if isinstance(pattern, TriplesBlock):
            verbs = [part.verb for part in walk(pattern) if isinstance(part, Property)]
            return all(self.holds_for_path(verb, named(pattern)) for verb in verbs)
        if isinstance(pattern, Group):
            return self.holds_for_all(pattern.elements)
        if isinstance(pattern, Union):
            return all(map(self.holds, pattern.groups))
        if isinstance(pattern, GraphPattern):
            return Before(self.seen, _NONE, self.counts).holds(pattern.group)
        return False

    def holds_for_all(self, elements: Iterable[Pattern]) -> bool:
        """The same for `elements`, one behind the other in a group."""
        bound: frozenset[str] = _NONE
        constraints = []
        for element in elements:
            if isinstance(element, Filter):
                constraints.append(element)
            elif isinstance(element, Optional):
                if not self._sees_only(bound, element) or not self.holds_optionally(element):
                    return False
            elif isinstance(element, Bind):
                if element.variable.name in self.seen or not self._sees_only(bound, element.expression):
                    return False
            elif isinstance(element, Values):
                if not self.seen.isdisjoint(variable.name for variable in element.variables):
                    return False
            elif not self.holds(element):
                return False
            bound |= certain(element)
        return all(self._sees_only(bound, constraint) for constraint in constraints)

    def holds_optionally(self, pattern: Optional) -> bool:
        """Whether OPTIONAL as a whole may be put into a LATERAL."""
        return self.holds_for_all(
            element for element in pattern.group.elements if not isinstance(element, Filter)
        )

    def _sees_only(self, bound: frozenset[str], part: Node) -> bool:
        """Whether `part` names of the variables in scope before only such as are `bound`."""
        parts = list(walk(part))
        names = {each.name for each in parts if isinstance(each, Variable)}
        return self.seen & names <= bound and not any(isinstance(each, Minus) for each in parts)

    def holds_for_path(self, verb: Node, variables: Iterable[str]) -> bool:
        """The same for triple patterns with this verb whose variables are among `variables`."""
        if is_name(verb):
            return True
        if self.counts and any(isinstance(step, AlternativePath | NegatedPath) for step in steps(verb)):
            return False
        return not may_be_empty(verb) or self.seen.intersection(variables) <= self.nodes


def nodes_of(elements: Iterable[Pattern]) -> frozenset[str]:
    """The variables that are subjects or objects of triple patterns of `elements`, none of them of a path or
    in a GRAPH."""
    triples = chain.from_iterable(block.triples for block in elements if isinstance(block, TriplesBlock))
    return frozenset(
        term.name
        for each in triples
        for prop in each.properties
        if is_name(prop.verb)
        for term in (each.subject, *(written.term for written in prop.objects))
        if isinstance(term, Variable)
    )
