"""Functions that corrected queries call where the engine's own are not those of the standard.

Their IRIs stand in corrected texts alone. Each takes terms and returns a term, or None for an error; the
engine calls none of them where an argument is an error. A call costs some microseconds, a hundred times a
function of the engine: so a correction calls one only where the engine may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import pyoxigraph as ox

from calcigraph.engine.functions import lexical_forms, matching, term_kinds, text_parts, truth
from calcigraph.engine.functions.concatenation import distinct_concatenation
from calcigraph.rdf.terms import Term

NAMESPACE: Final = "urn:x-calcigraph:"
_CALLED: Final = re.compile(rf"<{NAMESPACE}([a-z-]+)(?::([0-9a-f]*))?>")
_FUNCTIONS: Final[Mapping[str, Callable[..., Term | None]]] = {
    "at-most": truth.at_most,
    "effective-boolean-value": truth.effective_boolean_value,
    "kind": term_kinds.kind,
    "less-than": truth.less_than,
    "regex": matching.regex,
    "replace": matching.replace,
    "string": lexical_forms.string,
    "substring": text_parts.substring,
    "trimmed": lexical_forms.trimmed,
    "trimmed-number": lexical_forms.trimmed_number,
}
_CONCATENATION: Final = "distinct-concatenation"


class Accumulator(Protocol):
    """What takes the terms of a group and makes one of them."""

    def accumulate(self, element: Term) -> None:
        """Take one more term."""

    def finish(self) -> Term | None:
        """The result; None for an error."""


@dataclass(frozen=True)
class Functions:
    """The functions that a text calls, by their IRIs, and its aggregates."""

    scalar: dict[ox.NamedNode, Callable[..., Term | None]] = field(default_factory=dict)
    aggregate: dict[ox.NamedNode, Callable[[], Accumulator]] = field(default_factory=dict)


def name_of(function: str) -> str:
    """How a corrected text calls `function`."""
    assert function in _FUNCTIONS, f"there is no function {function}"
    return f"<{NAMESPACE}{function}>"


def name_of_concatenation(separator: str) -> str:
    """How a corrected text calls GROUP_CONCAT(DISTINCT ...) with this separator, a part of the name."""
    return f"<{NAMESPACE}{_CONCATENATION}:{separator.encode().hex()}>"


def functions_of(text: str) -> Functions:
    """The functions that `text` calls: most texts none. Cost: one search."""
    found = Functions()
    if NAMESPACE not in text:
        return found
    for function, separator in set(_CALLED.findall(text)):
        if function in _FUNCTIONS:
            found.scalar[ox.NamedNode(NAMESPACE + function)] = _FUNCTIONS[function]
        elif function == _CONCATENATION:
            # What is no separator was written by someone else: the engine knows no such function.
            with suppress(ValueError):
                name = ox.NamedNode(f"{NAMESPACE}{function}:{separator}")
                found.aggregate[name] = distinct_concatenation(bytes.fromhex(separator).decode())
    return found
