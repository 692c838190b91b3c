"""Changed base facts in; the closure brought up to date, and what that changed, out.

Where a change reaches the schema, or the reasons why terms are equal, the closure is made anew:
either way it equals recomputing.
"""

from __future__ import annotations

import numpy as np

from calcigraph.reasoning.closure import literals
from calcigraph.reasoning.closure.expansion import inferred
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.arrays import unique
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, united
from calcigraph.reasoning.maintenance.difference import Outcome, compared, difference
from calcigraph.reasoning.maintenance.snapshot import Snapshot
from calcigraph.reasoning.maintenance.steps import NotIncremental, Steps, refuse_schema, represented
from calcigraph.reasoning.terms import vocabulary as v


def change(closure: Closure, add: Columns, remove: Columns) -> Outcome:
    """Add and remove base facts (disjoint sets; added ones are new, removed ones are there).

    Cost: the facts that depend on the change; like closing anew when the schema is reached.
    Raises LimitMet with the closure as it was.
    """
    before = Snapshot(closure)
    base = closure.base.changed(add, remove)
    try:
        try:
            return _incremental(closure, before, base, add, remove)
        except NotIncremental:
            before.restore()
            old = inferred(before.state())
            closure.close(base.columns)
            return compared(old, inferred(closure))
    except BaseException:
        before.restore()
        raise


def _incremental(closure: Closure, before: Snapshot, base: Base, add: Columns, remove: Columns) -> Outcome:
    refuse_schema(closure, {**add, **remove})
    if any(closure.equality.of(key) == v.SAME_AS for key in remove if key >= 0):
        raise NotIncremental
    closure.base = base
    steps = Steps(closure)
    if remove:
        steps.remove(represented(closure.equality, remove))
    typed = literals.typed(closure)
    steps.insert(united(represented(closure.equality, add), typed))
    came, went = difference(closure, before, steps, united(add, remove))
    new = {key: unique(np.concatenate(columns)) for key, columns in steps.inserted.items()}
    return Outcome(came, went, new, merged=closure.equality is not before.equality)
