"""Property paths written so that the engine answers them as section 18.4 of SPARQL 1.1 says.

pyoxigraph 0.5.13 gets three kinds wrong:

- `a|b` is a union (section 18.2.2.3: translated to Union), a bag: what both lead to comes twice. The engine
  makes a set of it, also of `!(a|^b)`, and of `!a` where it knows both ends. They become UNION and a variable
  with a filter; between the parts of a sequence that one of them stands in are new variables. Inside of `*`,
  `+` and `?` a set is right, and nothing is changed, nor where nothing counts how often a solution comes.
- `a+` is a set (ALP). Where the engine knows both ends and not the graph, it repeats solutions. `(a+|a)` is
  the same set, of which the engine makes one.
- A path that may have no step leads from a term to that term itself, also where the term is in no triple of
  the active graph (section 18.4, ZeroLengthPath). The engine then finds nothing. Where the graph has the
  term, which is looked up, the path is left as it is; where it has not, the pattern is that one solution. In
  `GRAPH ?g` both are written, and the data decides for each graph.

A variable whose value comes from elsewhere, as from VALUES, matches nodes of the graph only (the pattern is
evaluated by itself, and joined then): the engine does so. `wrong_paths` finds what is to be
written otherwise, `path_writer` writes it, `torn_blocks` keeps the triples around it together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.path_writer import EndTerm, PathWriter
from calcigraph.engine.corrections.torn_blocks import BlockWriter, labels
from calcigraph.engine.corrections.wrong_paths import WrongPaths
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import (
    AlternativePath,
    BlankNode,
    Iri,
    Literal,
    NegatedPath,
    Node,
    Object,
    Property,
    RepeatedPath,
    TriplesBlock,
)

_KINDS: Final = (AlternativePath, NegatedPath, RepeatedPath)


def written_out_paths(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """The blocks of triples in which a path is a union, or is to lead from a term that is not in the graph
    to itself. Raises: CorrectionRefused where a variable would have to be added to a `SELECT *` of none."""
    if not any(map(query.nodes, _KINDS)):
        return {}
    wrong = WrongPaths(query, context)
    wanted = wrong.blocks()
    if not wanted or _has_label_of_two_groups(query, wanted):
        return {}
    found: dict[Node, Replacement] = {}
    names = _names_of_labels(query, context, wanted)
    for node in query.nodes(BlankNode):
        if node.label is not None and node.label in names:
            found[node] = partial(_text, f"?{names[node.label]}")
    branches = count()
    for block in wanted:
        found[block] = partial(_written, wrong, branches, block)
    return found


def _written(
    wrong: WrongPaths, branches: Iterator[int], block: TriplesBlock, write: Callable[[Node], str]
) -> str:
    paths = PathWriter(wrong, block, branches, write)

    def path_pattern(subject: str, prop: Property, node: Node, of: Object, object_: str) -> str:
        return paths.pattern(_end(subject, node), prop.verb, _end(object_, of.term))

    return BlockWriter(wrong.query, wrong.is_affected, path_pattern, paths.fresh, write).text(block)


def _end(text: str, node: Node) -> EndTerm:
    return EndTerm(text, node if isinstance(node, Iri | Literal) else None)


def _names_of_labels(query: ParsedQuery, context: Context, wanted: set[TriplesBlock]) -> dict[str, str]:
    """A variable for each label of a blank node in the groups of `wanted`, whose triples are torn apart."""
    groups = {query.parent(block) for block in wanted}
    found = dict.fromkeys(label for group in groups for label in labels(group))
    return {label: context.fresh(query, "node") for label in found}


def _has_label_of_two_groups(query: ParsedQuery, wanted: set[TriplesBlock]) -> bool:
    """Whether a label stands in two groups, which is an error (section 4.1.4) that the engine tells of."""
    torn = {label for block in wanted for label in labels(query.parent(block))}
    groups = {query.parent(block) for block in query.nodes(TriplesBlock)}
    seen = [label for group in groups for label in set(labels(group))]
    return any(seen.count(label) > 1 for label in torn)


def _text(text: str, _write: Callable[[Node], str]) -> str:
    return text
