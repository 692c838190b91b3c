"""What somebody typed in, the resources that are called so out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from calcigraph.dataset import Dataset
from calcigraph.describe.labels import LABELS, SYNONYMS, Labels
from calcigraph.describe.vocabulary import DCTERMS

_NAMES = (*LABELS, *SYNONYMS, DCTERMS["identifier"])


@dataclass(frozen=True)
class Match:
    """A resource, its label, and the name of it that was matched."""

    node: ox.NamedNode
    label: ox.Literal
    matched: str


class Names:
    """All names of a dataset: labels, synonyms, identifiers, last parts of IRIs."""

    def __init__(self, dataset: Dataset, labels: Labels) -> None:
        self._dataset = dataset
        self._labels = labels

    def find(self, text: str, most: int) -> list[Match]:
        """Whole names first, then names that begin so, then those with each word in them.

        Cost: one pass over all names, some 10 ms for 10,000 of them.
        """
        wanted = _key(text)
        words = wanted.split()
        if not words:
            return []
        ranked: dict[ox.NamedNode, tuple[int, int, str]] = {}
        for key, name, node in self._entries:
            rank = _rank(key, wanted, words)
            if rank is not None:
                best = (rank, len(key), name)
                ranked[node] = min(best, ranked.get(node, best))
        order = sorted(ranked, key=lambda node: (ranked[node][:2], node.value))
        return [Match(node, self._labels.of(node), ranked[node][2]) for node in order[:most]]

    @cached_property
    def _entries(self) -> list[tuple[str, str, ox.NamedNode]]:
        entries: dict[tuple[str, ox.NamedNode], str] = {}
        for predicate in _NAMES:
            for triple in self._dataset.triples(None, predicate, None):
                if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal):
                    node = triple.subject
                    slug = node.value.replace("#", "/").rpartition("/")[2]
                    for name in (triple.object.value, slug):
                        entries.setdefault((_key(name), node), name)
        return [(key, name, node) for (key, node), name in entries.items()]


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _rank(key: str, wanted: str, words: list[str]) -> int | None:
    if key == wanted:
        return 0
    if key.startswith(wanted):
        return 1
    return 2 if all(word in key for word in words) else None
