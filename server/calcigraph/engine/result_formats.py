"""Query results in, bytes out: the formats that an answer can have, by a short key each.

The keys are those of `calcigraph.rdf.formats`, where their media types stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import IO, cast

import pyoxigraph as ox

from calcigraph.engine.csv_results import CsvOutput
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.graph_streams import write_graph_stream
from calcigraph.rdf.native_formats import NATIVE_RESULTS
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.xml_documents import XmlOutput

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Form(Enum):
    """The four query forms of SPARQL 1.1 Query, section 16."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def answers_with_graph(self) -> bool:
        """Whether the answer is an RDF graph rather than a table or a truth value."""
        return self is Form.CONSTRUCT or self is Form.DESCRIBE


def is_graph(results: Results) -> bool:
    """Whether these are the triples of a CONSTRUCT or DESCRIBE."""
    return isinstance(results, ox.QueryTriples)


def write(
    results: Results, results_format: str, graph_format: str, prefixes: Mapping[str, str], out: IO[bytes]
) -> None:
    """Serialise `results` to `out` in pieces, in the format that fits their kind, by its key; a graph with
    those of `prefixes` that it uses.

    Must run in the thread that evaluated the query: the engine ends the process otherwise.
    Raises: FormatUnfit, FormatUnknown, OSError from `out`.
    """
    if isinstance(results, ox.QueryTriples):
        write_graph_stream(results, by_name("graph", graph_format), Prefixes.of_file(prefixes), out)
    elif results_format == "xml":
        checked = cast(IO[bytes], XmlOutput(out, "XML", "JSON or TSV, which hold everything"))
        results.serialize(checked, NATIVE_RESULTS[results_format])
    elif results_format == "csv" and isinstance(results, ox.QuerySolutions):
        table = CsvOutput(out)
        results.serialize(cast(IO[bytes], table), NATIVE_RESULTS["tsv"])
        table.finish()
    else:
        results.serialize(out, NATIVE_RESULTS[results_format])
