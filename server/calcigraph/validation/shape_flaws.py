"""A shapes graph and what there is in the data in, all that is wrong with the shapes out."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.rdf.namespaces import split
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, SH
from calcigraph.validation.component_flaws import VALIDATORS, component_flaws
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.queries import query_flaws
from calcigraph.validation.shape_rules import flaws_of
from calcigraph.validation.shapes_graph import ShapesGraph
from calcigraph.validation.targets import Targets
from calcigraph.validation.vocabulary import KNOWN, NOT_LOOKED_AT

# How alike two names are of which one is a slip for the other.
_ALIKE: Final = 0.8
_SLIP: Final = 2
# More than any shape has that somebody wrote: those of DCAT-AP and of Brick have a few hundred.
_MOST_WAYS: Final = 100_000
# What else names a shape, and what else looks at nodes; the latter is told of by itself.
_NAMING: Final = frozenset(
    SH[name] for name in ("parameter", "condition", "filterShape", "memberShape", "reifierShape", "someValue")
)
_LOOKING: Final = (SH["target"], SH["targetWhere"])


def shape_flaws(graph: ShapesGraph, targets: Targets) -> Iterator[Flaw]:
    """The flaws of a shapes graph. Cost: linear in it, but for names that are near one another."""
    if not graph.shapes:
        yield _without_shapes(graph)
    yield from _unknown_terms(graph)
    for shape in sorted(graph.shapes, key=str):
        yield from flaws_of(graph, shape)
    yield from _multiplied(graph)
    yield from _query_flaws(graph)
    yield from _unused(graph)
    yield from _without_focus(graph, targets)


def _without_shapes(graph: ShapesGraph) -> Flaw:
    imported = [t for t in graph.triples if t.predicate == OWL["imports"]]
    if imported:
        names = ", ".join(sorted(str(t.object) for t in imported))
        return Flaw(
            imported[0].subject,
            OWL["imports"],
            f"There are no shapes here: owl:imports names {names}, which is never fetched.",
            "Give that file as well.",
        )
    return Flaw(None, None, "There are no shapes, so nothing is judged.", "Give the file that has them.")


def _unknown_terms(graph: ShapesGraph) -> Iterator[Flaw]:
    """Terms of the namespace of SHACL that it does not have; and of those that no engine here looks at, each
    once."""
    found: dict[tuple[Term | None, ox.NamedNode], ox.Triple] = {}
    for triple in graph.triples:
        for term in (triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(SH.iri) and _name(term) not in KNOWN:
                at = None if _name(term) in NOT_LOOKED_AT else triple.subject
                found[at, term] = min(triple, found.get((at, term), triple), key=str)
    for (_, term), triple in sorted(found.items(), key=str):
        yield _unknown(triple, _name(term))


def _name(term: ox.NamedNode) -> str:
    return term.value.removeprefix(SH.iri)


def _unknown(triple: ox.Triple, name: str) -> Flaw:
    if name in NOT_LOOKED_AT:
        return Flaw(
            triple.subject,
            triple.predicate,
            f"sh:{name} is no part of SHACL Core or of SHACL-SPARQL, and is nowhere looked at.",
            "Say the same by a constraint of SHACL Core or by sh:sparql, or judge it elsewhere.",
            Severity.WARNING,
        )
    near = difflib.get_close_matches(name, KNOWN, 1, _ALIKE)
    return Flaw(
        triple.subject,
        triple.predicate,
        f"SHACL has no term sh:{name}, so what is said by it is not looked at.",
        f"Did you mean sh:{near[0]}?" if near else "Use a term of https://www.w3.org/TR/shacl/.",
    )


def _multiplied(graph: ShapesGraph) -> Iterator[Flaw]:
    """Shapes that refer to others, these to others and so on, each in several ways: no engine comes to an end
    of them, as each looks at every way."""
    for root in graph.roots:
        if (ways := graph.ways(root)) > _MOST_WAYS:
            yield Flaw(
                root,
                None,
                f"It leads to the shapes that it refers to in {ways:,} ways. Engines look at each of them for"
                " each focus node, so it is not judged.",
                "Refer to each shape once, at most in one of the lists of sh:and, sh:or and sh:xone.",
                breaks=True,
            )


def _query_flaws(graph: ShapesGraph) -> Iterator[Flaw]:
    constraints = {value for shape in graph.shapes for value in graph.objects(shape, SH["sparql"])}
    for node in sorted(constraints, key=str):
        if not graph.objects(node, SH["select"]):
            yield Flaw(
                node,
                None,
                "A constraint of sh:sparql has no sh:select (SHACL, section 5.2.1).",
                "Give it a query, a SELECT that has $this.",
                breaks=True,
            )
    validators = {t.object for t in graph.triples if t.predicate in VALIDATORS}
    broken: set[Term] = set()
    for flaw in query_flaws(graph.triples, constraints, validators):
        broken.update([flaw.node] if flaw.node is not None and flaw.breaks else [])
        yield flaw
    yield from component_flaws(graph, broken)


def _unused(graph: ShapesGraph) -> Iterator[Flaw]:
    """Shapes that look at nothing, as they have no target and no other shape names them."""
    named = {other for shape in graph.shapes for _, other in graph.references(shape)}
    named |= {t.object for t in graph.triples if t.predicate in _NAMING}
    for shape in sorted(graph.shapes - named, key=str):
        types = graph.objects(shape, RDF["type"])
        if (
            not graph.has_target(shape)
            and not graph.objects(shape, *_LOOKING)
            and SH["Parameter"] not in types
        ):
            yield Flaw(
                shape,
                None,
                "The shape has no target and no other shape names it, so it looks at nothing.",
                "Give it a target, such as sh:targetClass, or name it by sh:property or sh:node.",
                Severity.WARNING,
            )


def _without_focus(graph: ShapesGraph, targets: Targets) -> Iterator[Flaw]:
    kinds: tuple[tuple[ox.NamedNode, AbstractSet[Term], str], ...] = (
        (SH["targetClass"], targets.classes, "class"),
        (SH["targetSubjectsOf"], targets.properties, "property"),
        (SH["targetObjectsOf"], targets.properties, "property"),
        (SH["targetNode"], targets.nodes, "node"),
    )
    for predicate, there_are, what in kinds:
        aims = [(shape, t) for shape in graph.shapes for t in graph.objects(shape, predicate)]
        # What another shape looks at is no slip for it.
        names = _NearNames(there_are - {target for _, target in aims})
        for shape, target in sorted(aims, key=str):
            if isinstance(target, ox.NamedNode) and target not in there_are and target not in targets.nodes:
                yield _nowhere(shape, predicate, target, names.near(target), what)


def _nowhere(shape: Term, predicate: ox.NamedNode, target: ox.NamedNode, near: str | None, what: str) -> Flaw:
    name = predicate.value.removeprefix(SH.iri)
    return Flaw(
        shape,
        predicate,
        f"The data and the ontology do not know the {what} {target} of sh:{name}, so it looks at nothing.",
        f"Did you mean {near}?" if near else "Correct the name, unless such data are to come.",
        Severity.VIOLATION if near else Severity.WARNING,
        kind="a target that the data do not know",
    )


class _NearNames:
    """Names by their namespace, so that one that is nearly the same is soon found."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._of: dict[str, list[str]] = defaultdict(list)
        for term in terms:
            if isinstance(term, ox.NamedNode):
                space, name = split(term.value)
                self._of[space].append(name)

    def near(self, target: ox.NamedNode) -> str | None:
        """A name in the same namespace that is nearly the same."""
        space, name = split(target.value)
        names = [other for other in self._of.get(space, ()) if _may_be_a_slip(name, other)]
        near = difflib.get_close_matches(name, names, 1, _ALIKE)
        # Two letters that changed places make short names less alike than they are.
        near += [other for other in names if sorted(other) == sorted(name)]
        return f"<{space}{near[0]}>" if near else None


def _may_be_a_slip(name: str, other: str) -> bool:
    """Names that differ in their digits are meant to, and a slip is one of a letter or two."""
    if abs(len(name) - len(other)) > _SLIP:
        return False
    # What stands more often in one than in the other; a slip changes, adds or drops a letter or two.
    differing = Counter(name)
    differing.subtract(other)
    changed = [character for character, times in differing.items() if times]
    return sum(map(abs, differing.values())) <= 2 * _SLIP and not any(c.isdigit() for c in changed)
