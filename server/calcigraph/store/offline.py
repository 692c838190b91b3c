"""An edition and a trusted query in, its answer out, in this process and without a server.

For the root's own questions, rules and lints, and for a query that its own author runs. What
comes from anybody else belongs in `calcigraph.pool`.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

from calcigraph.edition import Edition
from calcigraph.engine.replica import Replica
from calcigraph.engine.result_formats import is_graph, write
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.guard import survey
from calcigraph.rdf.prefixes import Prefixes

_ANY_LENGTH = sys.maxsize


@dataclass(frozen=True)
class Offline:
    """Something to ask questions of: the store, and the prefixes that answers and messages use."""

    replica: Replica
    prefixes: Prefixes

    @classmethod
    def of(cls, edition: Edition) -> Offline:
        """Load a dataset. Cost: about 3 s for a million quads."""
        return cls(Replica(edition.all_quads(), unasserted=edition.root.inferences), edition.root.prefixes)

    @classmethod
    def of_statements(cls, edition: Edition) -> Offline:
        """The same without the metadata, which no editor wrote: what is to be judged."""
        root = edition.root
        return cls(Replica(edition.quads(), unasserted=root.inferences), root.prefixes)

    @classmethod
    def empty(cls) -> Offline:
        """A dataset without a triple."""
        return cls(Replica.load(b""), Prefixes())

    def ask(
        self, text: str, *, inference: bool, results_format: str, graph_format: str
    ) -> tuple[bytes, bool]:
        """The answer, in the format that fits the form of the query, and whether it is a graph.

        Raises: QueryMalformed, QueryFailed, and what the guard refuses: a trusted query may be
        wrong, and then deserves the same message as any other.
        """
        survey(text, _ANY_LENGTH)
        diagnosis = Diagnosis(text, self.prefixes.mapping, has_base=False)
        out = io.BytesIO()
        try:
            results = self.replica.query(text, inference=inference)
            write(results, results_format, graph_format, self.prefixes.mapping, out)
        except SyntaxError as error:
            raise diagnosis.problem("malformed", str(error)) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise diagnosis.problem("unsupported", str(error)) from None
        return out.getvalue(), is_graph(results)

    def csv(self, text: str, inference: bool) -> bytes:
        """The answer to a SELECT query as SPARQL 1.1 CSV; see `ask`."""
        return self.ask(text, inference=inference, results_format="csv", graph_format="turtle")[0]
