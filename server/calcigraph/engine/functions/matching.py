"""REGEX and REPLACE of terms in, their values out, None for an error (SPARQL 1.1, sections 17.4.3.14 and
17.4.3.15).

For patterns that the engine's library cannot have, or that are known only when the query runs. Cost: some
microseconds a call; a pattern is read once for many. Python's library may take time without end for some
texts: the deadline of the query ends that.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

from calcigraph.engine.functions.arguments import XSD_BOOLEAN, is_string, like, simple
from calcigraph.engine.regular_expressions.expression_reader import RegularExpressionInvalid, read
from calcigraph.engine.regular_expressions.python_syntax import for_python
from calcigraph.engine.regular_expressions.replacement import (
    ReplacementInvalid,
    ReplacementParts,
    filled,
    parts_of,
)
from calcigraph.rdf.terms import Term

_PATTERNS_KEPT = 256


def regex(text: Term, pattern: Term, flags: Term | None = None) -> Term | None:
    """Whether `pattern` is found in `text`, a text of any language."""
    compiled = _compiled_of(pattern, flags)
    if compiled is None or not is_string(text):
        return None
    return ox.Literal("true" if compiled.search(text.value) else "false", datatype=XSD_BOOLEAN)


def replace(text: Term, pattern: Term, replacement: Term, flags: Term | None = None) -> Term | None:
    """`text`, in which `replacement` stands for what `pattern` finds, in the language of `text`."""
    compiled, new = _compiled_of(pattern, flags), simple(replacement)
    if compiled is None or new is None or not is_string(text) or compiled.search("") is not None:
        return None
    is_literal = "q" in ((simple(flags) if flags is not None else None) or "")
    parts = (new,) if is_literal else _parts(new, compiled.groups)
    if parts is None:
        return None
    return like(text, compiled.sub(lambda found: filled(parts, [found[0], *found.groups()]), text.value))


def _compiled_of(pattern: Term, flags: Term | None) -> re.Pattern[str] | None:
    written, asked = simple(pattern), "" if flags is None else simple(flags)
    return None if written is None or asked is None else compiled(written, asked)


@lru_cache(maxsize=_PATTERNS_KEPT)
def compiled(pattern: str, flags: str) -> re.Pattern[str] | None:
    """The pattern for Python's library; None where it is no regular expression, or none that Python can
    have."""
    try:
        return for_python(read(pattern, flags))
    except (RegularExpressionInvalid, re.error, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=_PATTERNS_KEPT)
def _parts(replacement: str, groups: int) -> ReplacementParts | None:
    try:
        return parts_of(replacement, groups)
    except ReplacementInvalid:
        return None
