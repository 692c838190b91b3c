"""A closure and changed base facts in; the closure of the changed facts out, and what that changed.

The closure that comes in is left as it is. Where a change reaches the schema, the new one is made from
nothing: either way it equals recomputing.
"""

from __future__ import annotations

from calcigraph.reasoning.closure import literals
from calcigraph.reasoning.closure.expansion import inferred
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, united
from calcigraph.reasoning.maintenance.difference import ClosureChange, compared, difference
from calcigraph.reasoning.maintenance.removal import Removal
from calcigraph.reasoning.maintenance.steps import NotIncremental, Steps, refuse_schema, represented


def changed(closure: Closure, add: Columns, remove: Columns) -> tuple[Closure, ClosureChange]:
    """The closure with base facts added and removed (disjoint; added ones are new, removed ones there).

    Cost: the facts that depend on the change, and for a removal that may take back an equality those
    that mention the terms that were equal; like closing anew when the schema is reached.
    Raises LimitMet.
    """
    written = closure.written.changed(add, remove)
    try:
        return _incremental(closure, written, add, remove)
    except NotIncremental:
        anew = Closure(closure.terms, closure.limits, closure.progress)
        anew.close(written.columns)
        return anew, compared(inferred(closure), inferred(anew))


def _incremental(
    closure: Closure, written: Base, add: Columns, remove: Columns
) -> tuple[Closure, ClosureChange]:
    refuse_schema(closure, {**add, **remove})
    moved = united(add, remove)
    new = closure.fork()
    new.copies, add, remove = closure.copies.changed(written, closure.base, add, remove)
    new.base = closure.base.changed(add, remove)
    steps = Steps(new)
    if remove:
        Removal(steps).remove(represented(new.equality, remove), literals.mentioned(new, remove))
    typed = literals.typed(new, literals.mentioned(new, add))
    steps.insert(united(represented(new.equality, add), typed))
    if new.copies and not new.keeps_copies_apart:
        raise NotIncremental
    return new, difference(closure, new, steps, moved)
