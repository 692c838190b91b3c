"""Rules over triple patterns, as the W3C writes them: patterns in, patterns with fewer variables out."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.reasoning.terms.numbering import Ground

Slot = int | str
"""A term's id, or the name of a variable (with its question mark)."""

Pattern = tuple[Slot, Slot, Slot]


@dataclass(frozen=True)
class Rule:
    """One rule: patterns that must hold, and the triple that follows (None: a clash).

    `guard` names a variable whose literal must have this integer value (the 0 and 1 of the
    cardinality rules, which the W3C writes as xsd:nonNegativeInteger).
    `axioms` are the ground triples that made an instance of a rule over lists; a table rule has none.
    """

    name: str
    body: tuple[Pattern, ...]
    head: Pattern | None
    guard: tuple[str, int] | None = None
    axioms: tuple[Ground, ...] = ()


def is_variable(slot: Slot) -> bool:
    """Whether a slot is a variable."""
    return isinstance(slot, str)


def substitute(pattern: Pattern, binding: dict[str, int]) -> Pattern:
    """The pattern with bound variables replaced; unbound ones stay."""
    subject, predicate, obj = (binding.get(slot, slot) if isinstance(slot, str) else slot for slot in pattern)
    return subject, predicate, obj


def unify(pattern: Pattern, triple: Ground, binding: dict[str, int]) -> dict[str, int] | None:
    """The binding extended so that the pattern becomes this triple, or None."""
    out = dict(binding)
    for slot, value in zip(pattern, triple, strict=True):
        if isinstance(slot, str):
            if out.setdefault(slot, value) != value:
                return None
        elif slot != value:
            return None
    return out
