"""A query in, another one with the same answer that the engine finds sooner out.

Each rewriting is a module of its own, with what was measured and the proof that it is equal:
`known_count`, `subtraction`, and, for what stands in groups, `looked_up_groups` with `joins`, `existence`
and `lateral_equality`.
"""

from __future__ import annotations

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.rewriting.known_count import counted
from calcigraph.engine.rewriting.looked_up_groups import looked_up
from calcigraph.engine.rewriting.subtraction import subtracted
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep


def rewritten(query: ParsedQuery, text: str, context: Context) -> str:
    """The query `text`, written so that the engine answers it sooner. `query` is its tree, if it is the same
    text.

    Cost: some passes over its groups, and a look-up of its names where it has groups that matter. What cannot
    be read here is left as it is, for the engine to say why.
    """
    try:
        query = query if text == query.text else ParsedQuery.of(text)
        found = counted(query, context)
        return found or query.replaced(subtracted(query, context) or looked_up(query, context))
    except (SyntaxError, SparqlMalformed, SparqlTooDeep):
        return text
