"""A query in, the same query out, written so that the engine answers it as SPARQL 1.1 says.

What pyoxigraph 0.5.13 gets wrong, and can surely be corrected in the text, is corrected here, each by one
function that returns the text unchanged where it does not apply:

- GROUP_CONCAT fails on numbers and IRIs and keeps a language tag (section 18.5.1.7): STR goes around
  its argument. With DISTINCT, terms that differ only in their tag or datatype are then one.
- A path that may have no step, from or to a term that the data does not hold, matches that term
  itself (section 9.3): the engine finds nothing, so the pattern is replaced by that binding.
- `GRAPH ?g` around a subquery, MINUS or nothing but VALUES does not keep the graphs apart (section
  18.2.2.3): it is spelt out, graph by graph, where there are at most a hundred.
- `SELECT *` lists variables by name; here they come in the order in which the query names them.
- BNODE with an argument takes it for a label, instead of making a new node: see `blank_nodes`.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.blank_nodes import Edit, fresh_blank_nodes
from calcigraph.engine.corrections.correction import Data
from calcigraph.sparql.tokens import SparqlToken, tokens

_EMPTY: Final = ox.Store()
_STAR: Final = re.compile(r"select\s+(?:(?:distinct|reduced)\s+)?\*", re.IGNORECASE)
_GRAPH: Final = re.compile(r"graph\s*[?$]", re.IGNORECASE)
_MIXING: Final = re.compile(r"select|minus|values", re.IGNORECASE)
_MOST_GRAPHS: Final = 100
_MOST_SPELT_OUT: Final = 100_000
_REPEATED: Final = re.compile(r"[\w>)][*?]\s")
_ENDS_OF_STEPS: Final = tuple(mark + space for mark in "*?" for space in " \n\t\r")


def corrected(text: str, base_iri: str | None, data: Data) -> str:
    """The query `text`, corrected for asking `data`.

    Cost: a search for each mark of what may be wrong; reading the whole text where there is one.
    """
    # Most queries have nothing that the searches below could find; that is checked first.
    plain = text.lower()
    if "group_concat" in plain:
        text = _edited(text, _concatenations(list(tokens(text))))
    if any(end in plain for end in _ENDS_OF_STEPS) and _REPEATED.search(text):
        text = _edited(text, _empty_paths(text, list(tokens(text)), base_iri, data))
    graph = _GRAPH.search(text) if "graph" in plain else None
    if graph and _MIXING.search(text, graph.end()):
        text = _edited(text, _graph_by_graph(text, list(tokens(text)), data))
    if "*" in plain and _STAR.search(text):
        text = _edited(text, _projection(text, list(tokens(text)), base_iri))
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


def _empty_paths(text: str, query: list[SparqlToken], base_iri: str | None, data: Data) -> list[Edit]:
    edits: list[Edit] = []
    for i, token in enumerate(query):
        if token.text not in ("*", "?") or i + 2 >= len(query):
            continue
        start = _start_of_step(query, i - 1) - 1
        if start < 1 or query[start - 1].text not in ("{", ".") or query[i + 2].text not in ("}", "."):
            continue
        subject, object_ = query[start], query[i + 1]
        for constant, other in ((subject, object_), (object_, subject)):
            if constant.kind in ("iri", "name") and other.kind == "variable":
                node = _resolved(text, query, constant, base_iri)
                if node is not None and not data.holds(node):
                    values = f"VALUES {other.text} {{ {constant.text} }}"
                    edits.append((subject.start, object_.end, values))
    return edits


def _start_of_step(query: list[SparqlToken], last: int) -> int:
    """The index where the path element that ends at `last` starts: a name, or a bracket's opening."""
    if query[last].text != ")":
        return last
    depth = 0
    while last >= 0:
        depth += (query[last].text == ")") - (query[last].text == "(")
        if depth == 0:
            return last
        last -= 1
    return 0


def _graph_by_graph(text: str, query: list[SparqlToken], data: Data) -> list[Edit]:
    edits: list[Edit] = []
    for i, token in enumerate(query[:-2]):
        inside_last = edits and token.start < edits[-1][1]
        if inside_last or not token.is_word("GRAPH") or query[i + 1].kind != "variable":
            continue
        end = _end_of_argument(query, i + 3, "}")
        if query[i + 2].text != "{" or end is None or not _mixes_graphs(query[i + 1], query[i + 3 : end]):
            continue
        name, block = query[i + 1].text, text[query[i + 2].start : query[end].end]
        graphs = list(data.named_graphs())
        spelt_out = " UNION ".join(f"{{ GRAPH {g} {block} VALUES {name} {{ {g} }} }}" for g in graphs)
        if 0 < len(graphs) <= _MOST_GRAPHS and len(spelt_out) <= _MOST_SPELT_OUT:
            edits.append((token.start, query[end].end, spelt_out))
    return edits


def _mixes_graphs(graph: SparqlToken, block: list[SparqlToken]) -> bool:
    if any(token.is_word("SELECT", "MINUS") for token in block):
        return True
    if not any(token.is_word("VALUES") for token in block):
        return False
    only_values = block[0].is_word("VALUES") and sum(token.text == "}" for token in block) == 1
    return any(token.text == graph.text for token in block) or (only_values and block[-1].text == "}")


def _resolved(
    text: str, query: list[SparqlToken], constant: SparqlToken, base_iri: str | None
) -> ox.NamedNode | None:
    prologue_end = next((t.start for t in query if t.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), 0)
    question = f"{text[:prologue_end]}\nSELECT ?x {{ VALUES ?x {{ {constant.text} }} }}"
    try:
        solutions = _EMPTY.query(question, base_iri=base_iri)
    except SyntaxError:
        return None
    assert isinstance(solutions, ox.QuerySolutions)
    node = next(solutions)[0]
    return node if isinstance(node, ox.NamedNode) else None


def _projection(text: str, query: list[SparqlToken], base_iri: str | None) -> list[Edit]:
    i = next((i for i, token in enumerate(query) if token.kind == "word" and not _in_prologue(token)), None)
    if i is None or not query[i].is_word("SELECT"):
        return []
    star = query[i + 2 if query[i + 1].is_word("DISTINCT", "REDUCED") else i + 1]
    if star.text != "*":
        return []
    try:
        solutions = _EMPTY.query(text, base_iri=base_iri)
    except (SyntaxError, RuntimeError):
        return []
    assert isinstance(solutions, ox.QuerySolutions)
    visible = {variable.value for variable in solutions.variables}
    named = dict.fromkeys(token.text[1:] for token in query if token.kind == "variable")
    ordered = [name for name in named if name in visible]
    if not ordered or len(ordered) != len(visible):
        return []
    return [(star.start, star.end, " ".join("?" + name for name in ordered))]


def _in_prologue(token: SparqlToken) -> bool:
    return token.is_word("PREFIX", "BASE", "VERSION")
