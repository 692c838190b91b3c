"""The files of a root with their graphs in, what is wrong with the names of graphs out.

None may be that of two files, nor of what is made from the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.root.rdf_file import RdfFile

MADE: Final = {
    "derived": "what rules build",
    "inferred": "what axioms entail",
    "metadata": "what describes the data",
}
"""The graphs that nobody writes to, with what follows there from the others."""
_Owners = dict[ox.NamedNode, str]


def shared_graphs(files: Sequence[tuple[RdfFile, ox.NamedNode]], made: _Owners) -> list[Finding]:
    """A finding for each file whose graph is another file's as well, and for each graph that a file names
    though it is another one's or one of those that are `made`. Cost: parses what can name graphs."""
    owners = dict(made)
    return [*_doubled(files, owners), *_taken(files, owners)]


def _doubled(files: Sequence[tuple[RdfFile, ox.NamedNode]], owners: _Owners) -> Iterator[Finding]:
    for file, graph in files:
        if graph not in owners:
            owners[graph] = file.path
            continue
        yield Finding(
            "graphs",
            Place(file.path),
            f"Its graph has the name of another one, that of {owners[graph]}.",
            "Rename one of the two, or join them.",
            node=graph.value,
        )


def _taken(files: Sequence[tuple[RdfFile, ox.NamedNode]], owners: _Owners) -> Iterator[Finding]:
    for file, _ in files:
        for graph in file.graphs:
            if owners.get(graph, file.path) == file.path:
                continue
            line = file.document.places.line_of(file.named[graph][0])
            yield Finding(
                "graphs",
                Place(file.path, line),
                f"It names the graph of {owners[graph]}.",
                "Name another graph, or move these statements to where they belong.",
                node=graph.value,
            )
