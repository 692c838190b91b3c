"""A format of the table in, what pyoxigraph calls it out, by its registered media type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.formats import GRAPHS, RESULTS, FormatIncomplete, GraphFormat, ResultFormat


def native_graphs(rows: Sequence[GraphFormat]) -> dict[str, ox.RdfFormat]:
    """What reads and writes each format of graphs, by key.

    Raises: FormatIncomplete for one that pyoxigraph does not know, or of which it says something else.
    """
    natives: dict[str, ox.RdfFormat] = {}
    for row in rows:
        native = ox.RdfFormat.from_media_type(row.media_type)
        if native is None:
            raise FormatIncomplete(row.key, f"is unknown to pyoxigraph by {row.media_type!r}")
        if native.supports_datasets is not row.has_graphs:
            raise FormatIncomplete(row.key, "says of naming graphs what pyoxigraph does not")
        natives[row.key] = native
    return natives


def native_results(rows: Sequence[ResultFormat]) -> dict[str, ox.QueryResultsFormat]:
    """What writes each format of results, by key. Raises: FormatIncomplete."""
    natives: dict[str, ox.QueryResultsFormat] = {}
    for row in rows:
        native = ox.QueryResultsFormat.from_media_type(row.media_type)
        if native is None:
            raise FormatIncomplete(row.key, f"is unknown to pyoxigraph by {row.media_type!r}")
        natives[row.key] = native
    return natives


NATIVE_GRAPHS: Final = native_graphs(GRAPHS)
NATIVE_RESULTS: Final = native_results(RESULTS)
