"""A shapes graph in, its property paths as people and reports write them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SH

_FIRST, _REST = RDF["first"].value, RDF["rest"].value
# A node may have more than one of these; in the order in which pyshacl looks for them.
_FORMS = (
    (_FIRST, _REST),
    *(
        (SH[name].value,)
        for name in ("inversePath", "alternativePath", "zeroOrMorePath", "zeroOrOnePath", "oneOrMorePath")
    ),
)
_SUFFIXES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


class Paths:
    """The property paths of a shapes graph."""

    def __init__(self, shapes: Iterable[ox.Triple]) -> None:
        self._about: Mapping[Term, list[ox.Triple]] = defaultdict(list)
        for triple in shapes:
            self._about[triple.subject].append(triple)

    def triples(self, path: Term) -> list[ox.Triple]:
        """The triples that describe a path, down to its predicates; none for a plain predicate.

        Of a node that has two forms of a path, those of the one that the engine goes by: the path of a
        result is one path (SHACL sections 2.3.1 and 3.6.2.2).
        """
        found: list[ox.Triple] = []
        pending, seen = [path], {path}
        while pending:
            node = pending.pop()
            for triple in self._form(node):
                found.append(triple)
                if triple.object not in seen:
                    seen.add(triple.object)
                    pending.append(triple.object)
        return found

    def _form(self, node: Term) -> list[ox.Triple]:
        about = self._about.get(node, []) if isinstance(node, ox.BlankNode) else []
        said = {triple.predicate.value for triple in about}
        for form in _FORMS:
            if form[0] in said:
                return [triple for triple in about if triple.predicate.value in form]
        return about

    def show(self, path: Term, prefixes: Prefixes) -> str:
        """A path in the syntax of SPARQL (SHACL section 2.3.1), `^ex:partOf/ex:name*`."""
        if isinstance(path, ox.NamedNode):
            return prefixes.shrink(path)
        parts = {t.predicate.value: t.object for t in self._form(path)}
        if _FIRST in parts:
            return "/".join(self._step(item, prefixes) for item in self._items(path))
        for predicate, value in parts.items():
            name = predicate.removeprefix(SH.iri)
            if name == "inversePath":
                return "^" + self._step(value, prefixes)
            if name == "alternativePath":
                return "|".join(self._step(item, prefixes) for item in self._items(value))
            if name in _SUFFIXES:
                return self._step(value, prefixes) + _SUFFIXES[name]
        return str(path)

    def _step(self, path: Term, prefixes: Prefixes) -> str:
        shown = self.show(path, prefixes)
        return shown if isinstance(path, ox.NamedNode) else f"({shown})"

    def _items(self, head: Term) -> list[Term]:
        items: list[Term] = []
        seen: set[Term] = set()
        while head not in seen and (cell := {t.predicate.value: t.object for t in self._about.get(head, [])}):
            seen.add(head)
            items += [cell[_FIRST]] if _FIRST in cell else []
            head = cell.get(_REST, head)
        return items
