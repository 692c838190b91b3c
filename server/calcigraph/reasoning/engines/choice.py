"""The name of an engine in, the engine out."""

from __future__ import annotations

from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.engines.builtin import Builtin
from calcigraph.reasoning.engines.engine import Engine, EngineName
from calcigraph.reasoning.engines.none import NoEngine
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.terms.numbering import Terms


def engine(name: EngineName, terms: Terms, limits: Limits, progress: Progress) -> Engine:
    """The engine of that name, with nothing closed yet."""
    if name == "owlrl":
        # Needs rdflib, which nobody else waits for.
        from calcigraph.reasoning.engines.owlrl import Owlrl

        return Owlrl(terms, limits, progress)
    return (Builtin if name == "builtin" else NoEngine)(terms, limits, progress)
