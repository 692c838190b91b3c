"""Results in, the same ones out, those of `sh:node` with the results for which a value does not conform
(`sh:detail`, SHACL section 3.6.2.7).

The engine of SHACL Core says that a value does not conform to a shape, and not why. So it is asked again: for
each such pair a copy of the shape looks at that value alone, and its results are those of the pair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import SH
from calcigraph.validation import core_engine
from calcigraph.validation.judges import for_core_engine
from calcigraph.validation.result import Result
from calcigraph.validation.shapes_graph import TARGETS, ShapesGraph

_NODE, _PROPERTY = SH["node"], SH["property"]
_COMPONENT: Final = SH["NodeConstraintComponent"]
_COPY: Final = "urn:x-detail:"
# Of so many values the details are told; the others are told of without.
_MOST: Final = 1000
_Pair = tuple[Term, Term]


def with_details(results: list[Result], shapes: ShapesGraph, data: core_engine.Document) -> list[Result]:
    """The results with their details. Cost: where there are any of `sh:node`, that of another validation for
    each level of shapes. Raises: EngineUnable."""
    known: dict[_Pair, list[Result]] = {}
    asked = list(dict.fromkeys(_pairs(results, shapes)))[:_MOST]
    while asked:
        found = _asked(asked, shapes, data)
        known.update({pair: found[number] for number, pair in enumerate(asked)})
        nested = dict.fromkeys(pair for each in found.values() for pair in _pairs(each, shapes))
        asked = [pair for pair in nested if pair not in known][: max(_MOST - len(known), 0)]
    return list(_all_filled(results, shapes, known))


def _pairs(results: Iterable[Result], shapes: ShapesGraph) -> Iterator[_Pair]:
    """The shapes and the values of which a result says that one does not conform to the other."""
    for result in results:
        if result.constraint == _COMPONENT and result.value is not None:
            for shape in shapes.objects(result.source_shape, _NODE):
                yield shape, result.value


def _all_filled(
    results: Iterable[Result], shapes: ShapesGraph, known: dict[_Pair, list[Result]]
) -> Iterator[Result]:
    """The results with their details. Where a shape names several by `sh:node`, there is a result for each to
    which a value does not conform, and each gets the details of one of them."""
    given: Counter[tuple[Term, Term, Term | None]] = Counter()
    for result in results:
        asked = [known[pair] for pair in _pairs([result], shapes) if known.get(pair)]
        if not asked:
            yield result
            continue
        about = result.source_shape, result.focus_node, result.value
        details = asked[min(given[about], len(asked) - 1)]
        given[about] += 1
        yield replace(result, details=tuple(_all_filled(details, shapes, known)))


def _asked(pairs: list[_Pair], shapes: ShapesGraph, data: core_engine.Document) -> dict[int, list[Result]]:
    """The results of each pair, by its number."""
    written: list[ox.Triple] = []
    originals: dict[Term, tuple[int, Term]] = {}
    for number, (shape, _) in enumerate(pairs):
        copy = _ShapeCopy(number, shape, shapes)
        written += copy.triples()
        originals |= copy.originals
    roots = [ox.NamedNode(f"{_COPY}{number}/0") for number in range(len(pairs))]
    copied = ShapesGraph([*(t for t in shapes.triples if t.predicate not in TARGETS), *written])
    document = core_engine.Document(for_core_engine(copied, roots))
    marks = [ox.Triple(root, _mark(number), pairs[number][1]) for number, root in enumerate(roots)]
    found: dict[int, list[Result]] = defaultdict(list)
    for result in core_engine.judge(data.followed_by(marks), document):
        number, original = originals[result.source_shape]
        if isinstance(original, ox.NamedNode | ox.BlankNode):
            found[number].append(replace(result, source_shape=original))
    return found


def _mark(number: int) -> ox.NamedNode:
    """The property that leads to the value of a pair, and to nothing else."""
    return ox.NamedNode(f"{_COPY}{number}")


class _ShapeCopy:
    """A shape, and the shapes that it has by `sh:property`, under names of their own."""

    def __init__(self, number: int, shape: Term, shapes: ShapesGraph) -> None:
        self._number, self._shapes = number, shapes
        self._names: dict[Term, ox.NamedNode] = {}
        pending = [shape]
        while pending:
            node = pending.pop()
            if node not in self._names:
                self._names[node] = ox.NamedNode(f"{_COPY}{number}/{len(self._names)}")
                pending += shapes.objects(node, _PROPERTY)
        self.originals: dict[Term, tuple[int, Term]] = {
            name: (number, node) for node, name in self._names.items()
        }

    def triples(self) -> Iterator[ox.Triple]:
        """What is said of the copies; the first has the value of the pair for its target."""
        first = next(iter(self._names.values()))
        yield ox.Triple(first, SH["targetObjectsOf"], _mark(self._number))
        for node, name in self._names.items():
            for triple in self._shapes.about(node):
                if triple.predicate == _PROPERTY:
                    yield ox.Triple(name, _PROPERTY, self._names[triple.object])
                elif triple.predicate not in TARGETS:
                    yield ox.Triple(name, triple.predicate, triple.object)
