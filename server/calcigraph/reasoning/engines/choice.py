"""The name of an engine and base facts in, the engine with their closure out."""

from __future__ import annotations

from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.engines.builtin import Builtin
from calcigraph.reasoning.engines.engine import ClosureEngine, EngineName
from calcigraph.reasoning.engines.none import NoEngine
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.terms.numbering import TermNumbers


def closed(
    name: EngineName, base: Columns, terms: TermNumbers, limits: Limits, progress: Progress
) -> ClosureEngine:
    """The engine of that name over some base facts. Cost: closing them. Raises LimitMet."""
    if name == "owlrl":
        # Needs rdflib, which nobody else waits for.
        from calcigraph.reasoning.engines.owlrl import Owlrl

        return Owlrl.closed(base, terms, limits, progress)
    return (Builtin if name == "builtin" else NoEngine).closed(base, terms, limits, progress)
