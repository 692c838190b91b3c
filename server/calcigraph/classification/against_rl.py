"""What a reasoner of OWL 2 DL found and what OWL 2 RL found in; findings at files and lines out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.classification.classified import Axiom, Classified, ReasonerAsked, Subsumption
from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS
from calcigraph.root import Root

_ABOVE: Final = (RDFS["subClassOf"], OWL["equivalentClass"])
_ENDS: Final = {OWL["Thing"], OWL["Nothing"]}
# Which triple an axiom begins with, where no other may be about the same names.
_KINDS: Final = {
    "SubClassOf": RDFS["subClassOf"],
    "EquivalentClasses": OWL["equivalentClass"],
    "DisjointClasses": OWL["disjointWith"],
    "ObjectPropertyDomain": RDFS["domain"],
    "DataPropertyDomain": RDFS["domain"],
    "ObjectPropertyRange": RDFS["range"],
    "DataPropertyRange": RDFS["range"],
    "ClassAssertion": RDF["type"],
}
# What an expression consists of; a copy of it may be said to be below others, too.
_PARTS: Final = {
    *(RDF["first"], RDF["rest"]),
    *(OWL[name] for name in ("onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "onClass")),
    *(
        OWL[name]
        for name in ("intersectionOf", "unionOf", "complementOf", "oneOf", "inverseOf", "onDataRange")
    ),
}


def classification_findings(
    root: Root, triples: Iterable[ox.Triple], found: Classified, asked: ReasonerAsked
) -> Iterator[Finding]:
    """The contradiction, the classes without members, and the subsumptions that OWL 2 RL did not find.

    `triples` are all that is asserted, derived and inferred. Cost: linear in them.
    """
    everything = list(triples)
    places, by = _Places(root, everything), asked.name
    if found.inconsistent:
        yield Finding(
            "classify",
            places.first(found.axioms, ""),
            f"The ontology contradicts itself, so that all follows from it ({by})."
            f"{places.because(found.axioms)}",
            "Take back one of these axioms." if found.axioms else "See the clashes; or raise --file-timeout.",
        )
        return
    for row in found.unsatisfiable:
        yield Finding(
            "classify",
            places.first(row.axioms, row.iri),
            f"The class can have no member ({by}).{places.because(row.axioms)}",
            "Take back one of these axioms." if row.axioms else "See the others first: it may be for them.",
            node=places.shown(row.iri),
            kind="The class can have no member",
        )
    yield from _missed(places, found, set(named_subsumptions(everything)), by)


def _missed(places: _Places, found: Classified, known: set[Subsumption], by: str) -> Iterator[Finding]:
    """How many subsumptions OWL 2 RL did not find, and each of them."""
    missed = sorted(found.subsumptions - known)
    unread = f" {found.unread:,} triples are part of no axiom of OWL." if found.unread else ""
    if found.passed_over:
        many = "1 axiom says" if found.passed_over == 1 else f"{found.passed_over:,} axioms say"
        unread += f" It passes over what {many} beyond OWL 2 EL: hermit may find more."
    yield Finding(
        "classify",
        Place("ontology"),
        f"{by} finds {len(found.subsumptions):,} subsumptions among classes with names, in"
        f" {found.seconds:.1f} s; {len(missed):,} of them OWL 2 RL does not find.{unread}",
        "Assert those that are to be answered." if missed else "Nothing is to be done.",
        severity=Severity.INFO,
    )
    for below, above in missed:
        yield Finding(
            "classify",
            places.of(below),
            f"It is below {places.shown(above)}, which OWL 2 RL does not find.",
            "Assert it where it is to be answered.",
            node=places.shown(below),
            severity=Severity.INFO,
            kind="It is below a class, which OWL 2 RL does not find",
        )


def named_subsumptions(triples: Iterable[ox.Triple]) -> Iterator[Subsumption]:
    """Which class with a name is below which; owl:Thing, owl:Nothing and the class itself are left out."""
    for triple in triples:
        below, above = triple.subject, triple.object
        if triple.predicate not in _ABOVE or below == above or {below, above} & _ENDS:
            continue
        if isinstance(below, ox.NamedNode) and isinstance(above, ox.NamedNode):
            yield below.value, above.value
            if triple.predicate == OWL["equivalentClass"]:
                yield above.value, below.value


class _Places:
    """Where the axioms that a reasoner names are written."""

    def __init__(self, root: Root, triples: Iterable[ox.Triple]) -> None:
        self._root = root
        self._said: dict[object, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            self._said[triple.subject].append(triple)

    def because(self, axioms: tuple[Axiom, ...]) -> str:
        """The axioms with their places, as a sentence; nothing where there are none."""
        if not axioms:
            return ""
        said = "; ".join(f"{self._axiom(axiom)}: {self._short(axiom.text)}" for axiom in axioms)
        return f" By these axioms: {said}."

    def first(self, axioms: tuple[Axiom, ...], iri: str) -> Place:
        """The place of the first axiom, else of a node."""
        return self._axiom(axioms[0]) if axioms else self.of(iri)

    def of(self, iri: str) -> Place:
        """Where a node is written."""
        return (self._root.place(ox.NamedNode(iri)) if iri else None) or Place("ontology")

    def shown(self, iri: str) -> str:
        """A node as an editor writes it."""
        return self._root.prefixes.shrink(ox.NamedNode(iri))

    def _short(self, text: str) -> str:
        return re.sub(r"<([^<>]*)>", lambda found: self.shown(found.group(1)), text)

    def _axiom(self, axiom: Axiom) -> Place:
        """A triple of the kind that is about the same names; else its subject."""
        kind = axiom.text.partition("(")[0]
        for triple in self._by_names.get(_own(axiom.signature), ()):
            if _KINDS.get(kind, triple.predicate) == triple.predicate:
                stated = self._root.place_of(triple)
                if stated is not None:
                    return stated
        return self.of(axiom.subject)

    @cached_property
    def _by_names(self) -> dict[frozenset[str], list[ox.Triple]]:
        """The triples that an axiom may begin with, by the names in it. Cost: all triples, once."""
        out: dict[frozenset[str], list[ox.Triple]] = defaultdict(list)
        for triples in self._said.values():
            for triple in triples:
                if triple.predicate not in _PARTS:
                    names = self._names(triple.subject) | self._names(triple.object)
                    out[_own(names | {triple.predicate.value})].append(triple)
        return out

    def _names(self, node: object) -> set[str]:
        """The IRIs that an expression speaks of."""
        names, todo, seen = set(), [node], set()
        while todo:
            at = todo.pop()
            if isinstance(at, ox.NamedNode):
                names.add(at.value)
            elif isinstance(at, ox.BlankNode) and at not in seen:
                seen.add(at)
                todo += [triple.object for triple in self._said.get(at, ()) if triple.predicate in _PARTS]
        return names


def _own(names: Iterable[str]) -> frozenset[str]:
    """Those names that are no words of RDF and OWL."""
    return frozenset(name for name in names if not name.startswith((OWL.iri, RDF.iri, RDFS.iri)))
