"""A query in, the same query out, written so that the engine answers it as SPARQL 1.1 says.

What pyoxigraph 0.5.13 gets wrong, and can surely be corrected in the text, is corrected here, each by one
function that returns the text unchanged where it does not apply:

- GROUP_CONCAT fails on numbers and IRIs and keeps a language tag (section 18.5.1.7): STR goes around
  its argument. With DISTINCT, terms that differ only in their tag or datatype are then one.
- BNODE with an argument takes it for a label, instead of making a new node: see `blank_nodes`.
"""

from __future__ import annotations

from calcigraph.engine.blank_nodes import Edit, fresh_blank_nodes
from calcigraph.sparql.tokens import SparqlToken, tokens


def corrected(text: str) -> str:
    """The query `text`, corrected.

    Cost: a search for each mark of what may be wrong; reading the whole text where there is one.
    """
    # Most queries have nothing that the searches below could find; that is checked first.
    plain = text.lower()
    if "group_concat" in plain:
        text = _edited(text, _concatenations(list(tokens(text))))
    if "bnode" in plain:
        text = _edited(text, fresh_blank_nodes(list(tokens(text))))
    return text


def _edited(text: str, edits: list[Edit]) -> str:
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def _concatenations(query: list[SparqlToken]) -> list[Edit]:
    edits: list[Edit] = []
    for i, token in enumerate(query):
        if not token.is_word("GROUP_CONCAT") or i + 2 >= len(query):
            continue
        first = i + 3 if query[i + 2].is_word("DISTINCT") else i + 2
        end = _end_of_argument(query, first)
        if end is not None and first < end:
            edits.append((query[first].start, query[first].start, "STR("))
            edits.append((query[end].start, query[end].start, ")"))
    return edits


def _end_of_argument(query: list[SparqlToken], first: int, ends: str = ";)") -> int | None:
    """The index of the one of `ends` that ends what starts at `first`, outside of inner brackets."""
    depth = 0
    for i in range(first, len(query)):
        if query[i].kind != "operator":
            continue
        if depth == 0 and query[i].text in ends:
            return i
        depth += (query[i].text in ("(", "{", "[")) - (query[i].text in (")", "}", "]"))
    return None
