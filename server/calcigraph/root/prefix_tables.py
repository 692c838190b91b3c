"""The files of a root in, a prefix table for each that declares prefixes out."""

from __future__ import annotations

from collections.abc import Iterable

from calcigraph.rdf.prefix_declarations import HEAD, declared_prefixes
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.root.rdf_file import RdfFile


def prefixes_of(files: Iterable[RdfFile]) -> tuple[Prefixes, ...]:
    """The table of each file, in order. The empty prefix, which many files have for something else, is there
    only where all that have one mean the same, and where no other names that namespace in the same file.

    Cost: reads the first bytes of each file.
    """
    tables = [declared_prefixes(file.head(HEAD), file.form).mapping for file in files]
    empty = {table[""] for table in tables if "" in table}
    kept = []
    for table in tables:
        named = {namespace for prefix, namespace in table.items() if prefix}
        own = len(empty) == 1 and not empty & named
        kept.append(Prefixes({prefix: iri for prefix, iri in table.items() if prefix or own}))
    return tuple(table for table in kept if table.mapping)
