"""Recursive CONSTRUCT rules with data that is dense enough to go in circles, and a slow way to run them.

The slow way shares nothing with the reasoner but the engine that answers SPARQL: it runs each stratum of
rules over and over until nothing new is built.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import pyoxigraph as ox

from calcigraph.reasoning import ConstructRule, infer
from reasoning_ontologies import TYPE, iri
from test_reasoning_rules import parse

Triples = frozenset[ox.Triple]
PREFIX = "PREFIX : <http://example.org/> "
SUB, TRANSITIVE = ":p rdfs:subPropertyOf :q .", ":q a owl:TransitiveProperty ."


@dataclass(frozen=True)
class Recursion:
    """Rules by strata, as somebody who reads them would order them, and axioms that they work with.

    `properties` are those of which triples are drawn; `classes` are drawn where there are any.
    """

    name: str
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    axioms: str = ""
    properties: tuple[str, ...] = (":p", ":r")
    classes: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[ConstructRule, ...]:
        """The rules as the reasoner takes them; their names say nothing of the strata."""
        staged = [("before", text) for stratum in self.before for text in stratum]
        staged += [("after", text) for stratum in self.after for text in stratum]
        return tuple(
            ConstructRule(f"r{n}-{stage}", stage, f"{PREFIX}CONSTRUCT {text}")
            for n, (stage, text) in enumerate(reversed(staged))
        )

    def data(self, random: Random) -> list[ox.Triple]:
        """Four to nine triples over three to five nodes: about half of them close a circle."""
        nodes = [iri(f":n{n}") for n in range(random.randint(3, 5))]
        return [self._triple(random, nodes) for _ in range(random.randint(4, 9))]

    def _triple(self, random: Random, nodes: list[ox.NamedNode]) -> ox.Triple:
        node = random.choice(nodes)
        if self.classes and random.random() < 0.4:
            return ox.Triple(node, TYPE, iri(random.choice(self.classes)))
        return ox.Triple(node, iri(random.choice(self.properties)), random.choice(nodes))


STEP, JOIN = "{ ?x :r ?y } WHERE { ?x :p ?y }", "{ ?x :r ?z } WHERE { ?x :r ?y . ?y :r ?z }"
RECURSIONS: tuple[Recursion, ...] = (
    Recursion("itself", before=(("{ ?x :p ?y } WHERE { ?x :p ?y . ?x :r ?z }",),)),
    Recursion("the other way", before=(("{ ?y :p ?x } WHERE { ?x :p ?y }",),), properties=(":p",)),
    Recursion("join of two rules", before=((STEP, JOIN),)),
    Recursion("union", before=(("{ ?x :r ?z } WHERE { { ?x :p ?z } UNION { ?x :r ?y . ?y :p ?z } }",),)),
    Recursion("union that turns", before=(("{ ?x :r ?y } WHERE { { ?x :p ?y } UNION { ?y :r ?x } }",),)),
    Recursion(
        "one another",
        before=(("{ ?y :r ?x } WHERE { ?x :p ?y }", "{ ?x :p ?z } WHERE { ?x :r ?y . ?y :r ?z }"),),
    ),
    Recursion(
        "three in a row",
        before=(
            (
                "{ ?y :q ?x } WHERE { ?x :p ?y }",
                "{ ?x :r ?y } WHERE { ?x :q ?y }",
                "{ ?x :p ?y } WHERE { ?x :r ?y }",
            ),
        ),
        properties=(":p", ":q", ":r"),
    ),
    Recursion("the same triple twice", before=((STEP, "{ ?y :r ?x } WHERE { ?x :p ?y }", JOIN),)),
    Recursion(
        "path", before=(("{ ?x :p ?y } WHERE { ?x :p+ ?y . ?y a :C }",),), properties=(":p",), classes=(":C",)
    ),
    Recursion("path either way", before=(("{ ?x :r ?y } WHERE { ?x (:p|^:r)/:p ?y }",),)),
    Recursion(
        "constants",
        before=(
            (
                "{ ?x a :C } WHERE { ?x :p :n0 }",
                "{ ?x a :C } WHERE { ?x :p ?y . ?y a :C }",
                "{ :n0 :p ?x } WHERE { ?x a :C }",
            ),
        ),
        properties=(":p",),
        classes=(":C",),
    ),
    Recursion(
        "filter",
        before=(("{ ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z FILTER (?x != ?z) }",),),
        properties=(":p",),
    ),
    Recursion(
        "exists",
        before=(("{ ?x a :C } WHERE { ?x :p ?y FILTER EXISTS { ?y a :C ; :p ?z } }",),),
        properties=(":p",),
        classes=(":C",),
    ),
    Recursion(
        "optional",
        before=(
            (
                "{ ?x a :C } WHERE { ?x :p ?y . ?y a :C OPTIONAL { ?y :r ?z }"
                " FILTER (!BOUND(?z) || ?z != ?x) }",
            ),
        ),
        classes=(":C",),
    ),
    Recursion(
        "nobody in particular",
        before=(("{ ?x a :C } WHERE { [] :p ?x ; a :C . ?x :p [] }",),),
        properties=(":p",),
        classes=(":C",),
    ),
    Recursion(
        "sub-select",
        before=(("{ ?x :p ?y } WHERE { { SELECT DISTINCT ?x ?y { ?x :p ?z . ?z :p ?y } } ?y :r ?w }",),),
        properties=(":p", ":p", ":r"),
    ),
    Recursion(
        "no anchor",
        before=(("{ ?x a :C } WHERE { VALUES ?y { :n0 :n1 } ?y a :C . ?y :p ?x }",),),
        properties=(":p",),
        classes=(":C",),
    ),
    Recursion(
        "negation of a recursive stratum",
        before=(
            (STEP, JOIN),
            (
                "{ ?x a :Apart } WHERE { ?x :p ?y FILTER NOT EXISTS { ?x :r ?x } }",
                "{ ?y a :Apart } WHERE { ?x a :Apart ; :p ?y MINUS { ?y :r ?x } }",
            ),
        ),
    ),
    Recursion(
        "count of a recursive stratum",
        before=(
            (STEP, JOIN),
            (
                "{ ?x a :Far } WHERE { { SELECT ?x (COUNT(?y) AS ?n) { ?x :r ?y } GROUP BY ?x }"
                " FILTER (?n > 2) }",
            ),
        ),
        after=(("{ ?x :n ?n } WHERE { { SELECT ?x (COUNT(?y) AS ?n) { ?y :r ?x } GROUP BY ?x } }",),),
    ),
    Recursion(
        "closed and read again",
        before=(("{ ?y :p ?x } WHERE { ?x :p ?y ; a :C }",),),
        after=(("{ ?x :s ?y } WHERE { ?x :q ?y }", "{ ?x :s ?z } WHERE { ?x :s ?y . ?z :s ?y }"),),
        axioms=SUB + TRANSITIVE,
        properties=(":p", ":p", ":s", ":q"),
        classes=(":C",),
    ),
    Recursion(
        "built and entailed",
        before=(("{ ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z }",),),
        after=(("{ ?y :q ?x } WHERE { ?x :q ?y }",),),
        axioms=SUB,
        properties=(":p", ":q"),
    ),
    Recursion(
        "built early, late and asserted",
        before=(("{ ?x :q ?y } WHERE { ?x :p ?y }",),),
        after=(
            (
                "{ ?x :q ?y } WHERE { ?y :q ?x }",
                "{ ?x :q ?y } WHERE { ?x :r ?y }",
                "{ ?x :r ?y } WHERE { ?x :q ?y }",
            ),
        ),
        properties=(":p", ":q", ":r"),
    ),
)


def built(strata: Iterable[tuple[str, ...]], facts: Iterable[ox.Triple]) -> Triples:
    """Everything that holds once the rules of each stratum have run until nothing new is built."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in facts)
    for stratum in strata:
        size = -1
        while size != len(store):
            size = len(store)
            for text in stratum:
                store.extend([ox.Quad(*t) for t in store.query(f"{PREFIX}CONSTRUCT {text}")])
    return frozenset(quad.triple for quad in store)


def expected(recursion: Recursion, asserted: Triples) -> tuple[Triples, Triples]:
    """What is derived and what is inferred from asserted triples."""
    early = built(recursion.before, asserted)
    inferred = infer(early).inferred if recursion.axioms else frozenset()
    seen = early | inferred
    late = built(recursion.after, seen)
    return (early - asserted) | (late - seen), inferred


def has_circle(recursion: Recursion, asserted: Triples, old: Triples) -> bool:
    """Whether triples that were there before (`old`) would stay if each only had to be
    built from what stays with it.

    That is what counting how often a triple is built would keep.
    """
    texts = [text for stratum in (*recursion.before, *recursion.after) for text in stratum]
    kept = asserted | old
    while True:
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in kept)
        again = {t for text in texts for t in store.query(f"{PREFIX}CONSTRUCT {text}")}
        smaller = asserted | (kept & again)
        if smaller == kept:
            break
        kept = smaller
    derived, inferred = expected(recursion, asserted)
    return not kept <= asserted | derived | inferred


def start(recursion: Recursion, random: Random) -> tuple[list[ox.Triple], set[ox.Triple]]:
    """Axioms, and triples to begin with."""
    return parse(recursion.axioms), set(recursion.data(random))
