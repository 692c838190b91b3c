"""A term in, what it is called out: the one service of labels, for pages, proofs and the command line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from calcigraph.edition.languages import Languages
from calcigraph.edition.lookups import LookUps
from calcigraph.edition.names import DEFINITIONS, LABELS, key_of
from calcigraph.manchester import as_text
from calcigraph.rdf.terms import Subject, Term, show_term
from calcigraph.rdf.vocabulary import SKOSXL

_LONGEST_QUERY: Final = 100
_MOST_KEPT: Final = 8192
_MOST_NEAR: Final = 200
_NEAR_ENOUGH: Final = 0.55
_Key: TypeAlias = tuple[Any, ...]


class Labels:
    """Looks labels up in one version of the data; where there is none, the CURIE stands in, or the end of an
    IRI."""

    def __init__(self, data: LookUps) -> None:
        self._data = data
        self._languages = Languages(data.root)
        self._inferred = data.root.graph("inferred")
        self.stated = lru_cache(_MOST_KEPT)(self._stated)
        """The label that the data state of a node, in the language that comes first in `Languages`, in a
        stable order; None where they state none. What the axioms make a label (of a property below
        `rdfs:label`) counts after what is written as one. Cost: a look-up for each property; kept for a
        while."""
        self.definition = lru_cache(_MOST_KEPT)(self._defined)
        """What the data say that a node is, by the first of `DEFINITIONS` that has a text which can be read;
        None where they do not. Cost: as for `stated`."""

    def of(self, term: Term) -> ox.Literal:
        """The label to show: of a blank node that stands for an expression, that; of another one, nothing."""
        if isinstance(term, ox.Literal):
            return term
        if isinstance(term, ox.NamedNode):
            return self.stated(term) or ox.Literal(self._short(term))
        if isinstance(term, ox.BlankNode):
            found = self._data.expressions.read(term)
            return ox.Literal(as_text(found, self._in_expression) if found.is_construct else "")
        return ox.Literal(show_term(term, self._data.root.prefixes))

    def _short(self, node: ox.NamedNode) -> str:
        """A prefixed name; where there is no prefix, the end of the IRI."""
        name = self._data.root.prefixes.shrink(node)
        end = re.split(r"[/#:]", node.value.rstrip("/#"))[-1]
        return end if name.startswith("<") and end else name

    def _in_expression(self, term: Term) -> str:
        """A name within an expression, between quotation marks where it has several words (Manchester Syntax,
        section 4)."""
        if not isinstance(term, ox.NamedNode):
            return show_term(term, self._data.root.prefixes)
        name = self.of(term).value
        return f"'{name}'" if " " in name else name

    def of_property(self, predicate: ox.NamedNode) -> ox.Literal:
        """The label of a property; where none is stated, its name taken apart: `seeAlso` as "see also"."""
        stated = self.stated(predicate)
        if stated is not None:
            return stated
        local = re.split(r"[/#:]", predicate.value)[-1]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).replace("_", " ").strip()
        return ox.Literal(words.lower(), language="en") if words else ox.Literal(predicate.value)

    def nearest(self, text: str, count: int = 5) -> list[tuple[ox.NamedNode, ox.Literal]]:
        """The root's own resources whose label or last part of the IRI comes nearest to `text`.

        Cost: a search in the index of names, and a comparison with each of 200 candidates at most.
        """
        wanted = key_of(text[:_LONGEST_QUERY])
        scored: dict[ox.NamedNode, float] = {}
        for name in self._data.names_near(wanted, _MOST_NEAR):
            if name.node.value.startswith(self._data.root.namespace):
                score = difflib.SequenceMatcher(None, wanted, name.key).ratio()
                scored[name.node] = max(score, scored.get(name.node, 0.0))
        ranked = sorted(scored, key=lambda node: (-scored[node], node.value))
        return [(node, self.of(node)) for node in ranked[:count] if scored[node] > _NEAR_ENOUGH]

    def _stated(self, node: ox.NamedNode) -> ox.Literal | None:
        return self._best(node, LABELS, self._preference) or self._written(node)

    def _written(self, node: ox.NamedNode) -> ox.Literal | None:
        """What a label that is a resource is written as (SKOS, appendix B)."""
        labels = (quad.object for quad in self._data.quads(node, SKOSXL["prefLabel"]))
        forms = (
            quad.object
            for label in labels
            if isinstance(label, Subject)
            for quad in self._data.quads(label, SKOSXL["literalForm"])
        )
        found = [form for form in forms if isinstance(form, ox.Literal)]
        return min(found, key=lambda form: (self._languages.rank(form), form.value), default=None)

    def _defined(self, node: ox.NamedNode) -> ox.Literal | None:
        return self._best(node, DEFINITIONS, self._definition_preference)

    def _best(
        self, node: ox.NamedNode, names: Sequence[ox.NamedNode], preference: Callable[[_Said], _Key]
    ) -> ox.Literal | None:
        found = [
            _Said(rank, quad.object, quad.graph_name == self._inferred)
            for rank, name in enumerate(names)
            for quad in self._data.quads(node, name)
            if isinstance(quad.object, ox.Literal)
        ]
        return min(found, key=preference).text if found else None

    def _preference(self, said: _Said) -> _Key:
        """The language comes first: a reader makes more of a title that can be read than of a label."""
        language, is_regional = self._languages.rank(said.text)
        return language, said.is_inferred, said.rank, is_regional, said.text.language or "", said.text.value

    def _definition_preference(self, said: _Said) -> _Key:
        """A definition comes before a comment in a language that can be read as well."""
        language, is_regional = self._languages.rank(said.text)
        usual = not self._languages.is_usual(said.text)
        return usual, said.rank, said.is_inferred, language, is_regional, said.text.value


@dataclass(frozen=True)
class _Said:
    """A text, by which of the properties it is said, and whether only the reasoner says so: a synonym is
    an inferred label where `skos:altLabel` is a kind of `rdfs:label`."""

    rank: int
    text: ox.Literal
    is_inferred: bool
