"""A dataset in, the label of each term out, and the labels that a mistyped one comes nearest to."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from functools import cached_property

import pyoxigraph as ox

from calcigraph.dataset import Dataset
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import DCTERMS, FOAF, RDFS, SCHEMA, SKOS

# In order of preference; each vocabulary has its own property for names.
LABELS = (RDFS["label"], SKOS["prefLabel"], DCTERMS["title"], SCHEMA["name"], FOAF["name"])
SYNONYMS = (SKOS["altLabel"], SKOS["hiddenLabel"])
_LONGEST_QUERY = 100


class Labels:
    """Looks labels up in a dataset; where there is none, the CURIE or the IRI stands in."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def of(self, term: Term) -> ox.Literal:
        """The label to show: English or without a language first, then any, in a stable order."""
        if isinstance(term, ox.Literal):
            return term
        if isinstance(term, ox.NamedNode):
            return self.stated(term) or ox.Literal(self._dataset.root.prefixes.shrink(term))
        return ox.Literal("" if isinstance(term, ox.BlankNode) else str(term))

    def of_property(self, predicate: ox.NamedNode) -> ox.Literal:
        """The label of a property; where none is stated, its name taken apart: `seeAlso` as "see also"."""
        stated = self.stated(predicate)
        if stated is not None:
            return stated
        local = re.split(r"[/#:]", predicate.value)[-1]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).replace("_", " ").strip()
        return ox.Literal(words.lower(), language="en") if words else ox.Literal(predicate.value)

    def stated(self, node: ox.NamedNode) -> ox.Literal | None:
        """The label that the dataset states of `node`, None where it states none.

        Cost: a look-up in a table that the first call builds in one pass over the labels.
        """
        return self._best.get(node)

    @cached_property
    def _best(self) -> dict[Subject, ox.Literal]:
        found: dict[Subject, tuple[int, ox.Literal]] = {}
        for rank, predicate in enumerate(LABELS):
            for quad in self._dataset.quads.quads_for_predicate(predicate):
                node, label = quad.subject, quad.object
                if isinstance(node, Subject) and isinstance(label, ox.Literal):
                    entry = (rank, label)
                    found[node] = min(found.get(node, entry), entry, key=_preference)
        return {node: label for node, (_, label) in found.items()}

    def nearest(self, text: str, count: int = 5) -> list[tuple[ox.NamedNode, ox.Literal]]:
        """The named resources whose label or last part of the IRI comes nearest to `text`.

        Cost: candidates share three letters in a row with it; the first call builds the index
        (one pass over the labels), later ones look at 200 candidates at most.
        """
        wanted = _key(text[:_LONGEST_QUERY])
        shared = Counter(entry for gram in _trigrams(wanted) for entry in self._index.get(gram, ()))
        scored: dict[ox.NamedNode, float] = {}
        for (node, key), _ in shared.most_common(200):
            score = difflib.SequenceMatcher(None, wanted, key).ratio()
            scored[node] = max(score, scored.get(node, 0.0))
        ranked = sorted(scored, key=lambda node: (-scored[node], node.value))
        return [(node, self.of(node)) for node in ranked[:count] if scored[node] > 0.55]

    @cached_property
    def _index(self) -> dict[str, set[tuple[ox.NamedNode, str]]]:
        index: dict[str, set[tuple[ox.NamedNode, str]]] = {}
        namespace = self._dataset.root.namespace
        for predicate in LABELS + SYNONYMS:
            for triple in self._dataset.triples(None, predicate, None):
                node = triple.subject
                label = triple.object
                if not isinstance(node, ox.NamedNode) or not isinstance(label, ox.Literal):
                    continue
                if node.value.startswith(namespace):
                    slug = node.value.removeprefix(namespace).rpartition("/")[2]
                    for key in {_key(label.value), _key(slug)}:
                        for gram in _trigrams(key):
                            index.setdefault(gram, set()).add((node, key))
        return index


def _preference(found: tuple[int, ox.Literal]) -> tuple[bool, int, str, str]:
    rank, label = found
    return (label.language not in ("en", None), rank, label.language or "", label.value)


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _trigrams(key: str) -> set[str]:
    padded = f"  {key[:_LONGEST_QUERY]} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
