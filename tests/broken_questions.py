"""A question that has an answer in, queries out that have none, each for a reason that is known.

The reason follows from what was done to the question and from the data, read here as a set of triples. Where
the reading of texts is needed, it is only to find a place in them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.tree import Iri, Query, Slice, SubSelect, TriplesBlock, Variable, walk

RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
NOWHERE = "https://nowhere.example/graph"


@dataclass(frozen=True)
class Broken:
    """A query without an answer: what kind of nothing it is, a text that the part has to have in it, and the
    term that is unknown, where one is."""

    text: str
    kind: str
    part: str = ""
    term: str = ""
    near: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


class Data:
    """What is known of the data without a query."""

    def __init__(self, edition: Edition) -> None:
        self.triples = {quad.triple for quad in edition.all_quads()}
        self.terms = {term for t in self.triples for term in (t.subject, t.predicate, t.object)}
        self.subjects: dict[ox.NamedNode, set[object]] = {}
        for triple in self.triples:
            self.subjects.setdefault(triple.predicate, set()).add(triple.subject)
        self.properties = sorted(self.subjects, key=str)
        self.iris = sorted((t for t in self.terms if isinstance(t, ox.NamedNode)), key=str)
        self.labels = sorted(
            (t for t in self.triples if t.predicate == RDFS_LABEL and isinstance(t.object, ox.Literal)),
            key=str,
        )


class Breaker:
    """Breaks one question, by chance, in the ways that it allows."""

    def __init__(self, text: str, data: Data, prefixes: dict[str, str], chance: random.Random) -> None:
        self._text, self._data, self._chance, self._prefixes = text, data, chance, prefixes
        self._query: Query = parse_query(text)
        for declaration in self._query.prologue.declarations:
            if declaration.iri is not None and declaration.prefix is not None:
                self._prefixes = self._prefixes | {declaration.prefix: declaration.iri.text[1:-1]}
        assert self._query.where is not None
        self._where = self._query.where

    def ways(self) -> list[Callable[[], Iterator[Broken]]]:
        """All of them; each gives none or one."""
        anywhere = [self.misspelt_name, self.misspelt_namespace, self.absent_graph, self.no_slice]
        if "GROUP BY" in self._text[self._where.end :]:
            anywhere.append(self.no_group)
        if isinstance(self._where.elements[0], SubSelect):
            return anywhere
        return [
            *anywhere,
            self.other_language,
            self.nothing_so,
            self.nothing_in_common,
            self.filtered,
            self.removed,
            self.other_values,
        ]

    def misspelt_name(self) -> Iterator[Broken]:
        names = [
            n
            for n in walk(self._where)
            if isinstance(n, Iri) and n.is_prefixed and len(n.text.partition(":")[2]) > 3
        ]
        if not names:
            return
        node = self._chance.choice(names)
        prefix, _, local = node.text.partition(":")
        at = self._chance.randrange(1, len(local))
        wrong = self._chance.choice(
            [local[:at] + local[at + 1 :], local[:at] + "q" + local[at:], local + "s"]
        )
        iri = ox.NamedNode(self._prefixes[prefix] + wrong.replace("\\", ""))
        if iri not in self._data.terms and not wrong.endswith((".", "-")) and "\\" not in wrong:
            text = self._text[: node.start] + f"{prefix}:{wrong}" + self._text[node.end :]
            yield Broken(text, "unknown-term", f"{prefix}:{wrong}", str(iri))

    def misspelt_namespace(self) -> Iterator[Broken]:
        found = [d.iri for d in self._query.prologue.declarations if d.iri is not None]
        iri = self._chance.choice(found)
        used = self._text[self._where.start : self._where.end]
        prefix = next(d.prefix for d in self._query.prologue.declarations if d.iri is iri)
        if f"{prefix}:" in used:
            text = self._text[: iri.end - 2] + "x" + self._text[iri.end - 2 :]
            yield Broken(text, "unknown-term", f"{prefix}:")

    def other_language(self) -> Iterator[Broken]:
        triple = self._chance.choice(self._data.labels)
        label = triple.object
        assert isinstance(label, ox.Literal)
        plain = ox.Literal(label.value) if label.language else ox.Literal(label.value, language="tlh")
        if plain not in self._data.terms:
            added = f"?any_thing <{RDFS_LABEL.value}> {plain}"
            yield Broken(self._begun(added), "unknown-term", str(plain), str(plain), str(label))

    def nothing_so(self) -> Iterator[Broken]:
        verb, object_ = self._chance.choice(self._data.properties), self._chance.choice(self._data.iris)
        if all(t.object != object_ for t in self._data.triples if t.predicate == verb):
            added = f"?any_thing {verb} {object_}"
            yield Broken(self._begun(added), "no-match", added)

    def nothing_in_common(self) -> Iterator[Broken]:
        for name, subjects in self._bound():
            apart = [p for p in self._data.properties if self._data.subjects[p].isdisjoint(subjects)]
            if apart:
                added = f"?{name} {self._chance.choice(apart)} ?any_thing"
                yield Broken(self._begun(added), "no-join", added)
            return

    def filtered(self) -> Iterator[Broken]:
        for name, _ in self._bound():
            added = self._chance.choice(
                [
                    "FILTER (false)",
                    f"FILTER (isLiteral(?{name}))",
                    f"FILTER (?{name} != ?{name})",
                    f"FILTER (STRLEN(STR(?{name})) > 100000)",
                    f"FILTER (?{name} = <{RDFS_LABEL.value}>)",
                    f"FILTER (?{name} IN (1, 2, 3))",
                    "FILTER (?bound_nowhere > 3)",
                    f'FILTER CONTAINS(STR(?{name}), "~no such thing~")',
                    f"FILTER (datatype(?{name}) = <http://www.w3.org/2001/XMLSchema#date> && true)",
                ]
            )
            yield Broken(self._ended(added), "filter", added)
            return

    def removed(self) -> Iterator[Broken]:
        for name, _ in self._bound():
            inside = f"{{ ?{name} ?any_verb ?any_thing }}"
            added = self._chance.choice([f"MINUS {inside}", f"FILTER NOT EXISTS {inside}"])
            yield Broken(self._ended(added), "removed", added)
            return

    def other_values(self) -> Iterator[Broken]:
        for name, subjects in self._bound():
            others = [iri for iri in self._data.iris if iri not in subjects]
            listed = " ".join(map(str, self._chance.sample(others, 2)))
            added = f"VALUES ?{name} {{ {listed} }}"
            yield Broken(self._begun(added), "values", added)
            return

    def absent_graph(self) -> Iterator[Broken]:
        if self._chance.random() < 0.3:
            yield Broken(self._text, "missing-graph", NOWHERE, parameters={"default-graph-uri": NOWHERE})
        elif self._chance.random() < 0.5:
            at = self._text.rfind("WHERE", 0, self._where.start + 1)
            at = at if at >= 0 and not self._text[at + 5 : self._where.start].strip() else self._where.start
            text = f"{self._text[:at]}\nFROM <{NOWHERE}>\n{self._text[at:]}"
            yield Broken(text, "missing-graph", NOWHERE)
        else:
            start, end = self._where.start, self._where.end
            inside = f"{{ GRAPH <{NOWHERE}> {self._text[start:end]} }}"
            yield Broken(self._text[:start] + inside + self._text[end:], "missing-graph", NOWHERE)

    def no_slice(self) -> Iterator[Broken]:
        if not any(isinstance(modifier, Slice) for modifier in self._query.modifiers):
            added = self._chance.choice(["LIMIT 0", "OFFSET 1000000", "LIMIT 5 OFFSET 1000000"])
            yield Broken(f"{self._text}\n{added}", "slice", added.split()[0])

    def no_group(self) -> Iterator[Broken]:
        if "HAVING" not in self._text:
            head, order, rest = self._text.partition("ORDER BY")
            yield Broken(f"{head}\nHAVING (COUNT(*) > 1000000)\n{order}{rest}", "having", "HAVING")

    def _begun(self, added: str) -> str:
        """The query with more at the beginning of its group."""
        at = self._where.start + 1
        return f"{self._text[:at]}\n{added} .\n{self._text[at:]}"

    def _ended(self, added: str) -> str:
        """The query with more at the end of its group."""
        at = self._where.end - 1
        return f"{self._text[:at]}\n{added}\n{self._text[at:]}"

    def _bound(self) -> Iterator[tuple[str, set[object]]]:
        """Variables of the outermost group that are subjects, with all that they can be by one triple."""
        found = [
            (triples.subject.name, property_.verb)
            for block in self._where.elements
            if isinstance(block, TriplesBlock)
            for triples in block.triples
            if isinstance(triples.subject, Variable)
            for property_ in triples.properties
            if isinstance(property_.verb, Iri) and property_.verb.is_prefixed
        ]
        if found:
            name, verb = self._chance.choice(found)
            assert isinstance(verb, Iri)
            prefix, _, local = verb.text.partition(":")
            yield name, self._data.subjects.get(ox.NamedNode(self._prefixes[prefix] + local), set())
