"""What somebody typed in, the resources that are called so out."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition.labels import Labels
from calcigraph.edition.lookups import LookUps
from calcigraph.edition.names import Name, compact, key_of
from calcigraph.rdf.vocabulary import AS, RDF


@dataclass(frozen=True)
class Match:
    """A resource, its label, the name of it that was matched, and its class where it has one."""

    node: ox.NamedNode
    label: ox.Literal
    matched: str
    kind: ox.NamedNode | None = None


class Names:
    """All names of one version of the data."""

    def __init__(self, data: LookUps, labels: Labels) -> None:
        self._data = data
        self._labels = labels

    def find(self, text: str, most: int) -> list[Match]:
        """Whole names first, then names that begin so, then those with words that begin so, then those
        with all of it in them; of equals, what more links lead to comes first.

        Of very many, only the best are compared by their links: those with the shortest names of the best
        rank. Cost: SQLite looks through all names, some 10 ms for 50,000 of them, and a look-up for each that
        is compared.
        """
        wanted = key_of(text)
        words, together = wanted.split(), compact(wanted)
        if not together:
            return []
        ranked: dict[ox.NamedNode, tuple[int, int, str]] = {}
        for name in self._data.names_with(wanted, together, words):
            best = (_rank(name, wanted, together, words), len(name.key), name.text)
            ranked[name.node] = min(best, ranked.get(name.node, best))
        order = sorted(ranked, key=lambda node: self._place(node, ranked[node]))
        kept = (node for node in order if not self._is_removed(node))
        return [self.match(node, ranked[node][2]) for node, _ in zip(kept, range(most), strict=False)]

    def match(self, node: ox.NamedNode, matched: str) -> Match:
        """A resource as something found."""
        return Match(node, self._labels.of(node), matched, self.kind(node))

    def kind(self, node: ox.NamedNode) -> ox.NamedNode | None:
        """The class that says most about `node`: one of the root's own, with the fewest members."""
        types = [t for t in self._data.objects(node, RDF["type"]) if isinstance(t, ox.NamedNode)]
        own = [t for t in types if t.value.startswith(self._data.root.namespace)]
        return min(own or types, key=lambda kind: (self._data.links(kind), kind.value), default=None)

    def _is_removed(self, node: ox.NamedNode) -> bool:
        """Whether it was taken out: its name is still known, but nothing is to be found under it."""
        return AS["Tombstone"] in self._data.objects(node, RDF["type"])

    def _place(self, node: ox.NamedNode, found: tuple[int, int, str]) -> tuple[int, int, int, str]:
        rank, length, _ = found
        # Twice as many links weigh as much as eight letters less.
        return (rank, length // 8 - self._data.links(node).bit_length(), length, node.value)


def _rank(name: Name, wanted: str, together: str, words: list[str]) -> int:
    """How well a name fits that has all of it in it, or all of its words: 0 is best."""
    if name.key == wanted or name.compact == together:
        return 0
    is_inside = together in name.compact
    if is_inside and (name.key.startswith(wanted) or name.compact.startswith(together)):
        return 1
    padded = f" {name.key}"
    return 2 if all(f" {word}" in padded for word in words) else 3
