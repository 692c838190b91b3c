"""SUBSTR takes numbers that are not whole (SPARQL 1.1, section 17.4.3.3; XPath Functions and Operators,
section 5.4.3), which are an error in the engine."""

from __future__ import annotations

from collections.abc import Mapping

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.expression_kinds import is_whole
from calcigraph.engine.functions import name_of
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import BuiltInCall, Node


def cut_as_xpath(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Calls of SUBSTR whose places may be no whole numbers."""
    return {
        call: _called(call)
        for call in query.nodes(BuiltInCall)
        if call.name == "SUBSTR"
        and len(call.arguments) in (2, 3)
        and not all(map(is_whole, call.arguments[1:]))
    }


def _called(call: BuiltInCall) -> Replacement:
    return lambda write: f"{name_of('substring')}({', '.join(map(write, call.arguments))})"
