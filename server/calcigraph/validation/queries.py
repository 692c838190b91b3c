"""The SPARQL texts of a shapes graph in; what must not be run, and the prefixes each may use, out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, SH

QUERIES = {SH[name].value for name in ("select", "ask", "construct", "update")}
# Strings, IRIs and comments: a keyword or a colon in one of them is none.
_QUIET = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|<[^<>\s]*>|\#[^\n]*""",
    re.DOTALL,
)
_NETWORK = re.compile(r"(?<![\w?$:-])(SERVICE|FROM|LOAD)(?![\w:-])", re.IGNORECASE)
_PREFIX_LINE = re.compile(r"(?<![\w?$:-])PREFIX\s+([\w.-]*):", re.IGNORECASE)
_PREFIXED_NAME = re.compile(r"(?<![\w?$:.-])((?!_:)[A-Za-z][\w.-]*|(?=:)):")


class ShapesUnreadable(InputUnreadable):
    """A shapes graph that cannot be run; the message names the shape where it can be told."""

    title = "The shapes cannot be read"


def check_queries(shapes: Iterable[ox.Triple], declared: dict[Term, set[str]]) -> None:
    """Raise ShapesUnreadable where a query would read from the network or has an undeclared prefix.

    SHACL forbids SERVICE in a constraint (section 5.3.1); FROM would fetch its graph. `declared` has the
    prefixes of each node with `sh:prefixes`, see `prefixes_of`.
    """
    listed = list(shapes)
    for node, text in _queries(listed):
        found = _NETWORK.search(text)
        if found:
            raise ShapesUnreadable(
                f"The query of {owner(node, listed)} uses {found[1].upper()}.",
                "A shape may read nothing but the data it validates: leave it out.",
            )
        known = declared.get(node, set()) | set(_PREFIX_LINE.findall(text))
        for name in _PREFIXED_NAME.findall(text):
            if name not in known:
                raise ShapesUnreadable(
                    f'The query of {owner(node, listed)} uses the prefix "{name}:", not declared for it.',
                    "Name a node that declares it (sh:declare) with sh:prefixes, or add a PREFIX line.",
                )


def owner(node: Term, shapes: Iterable[ox.Triple]) -> Term:
    """The nearest node with an IRI that a blank node of the shapes hangs from, else the node itself."""
    above = {triple.object: triple.subject for triple in shapes if isinstance(triple.object, ox.BlankNode)}
    found, seen = node, {node}
    while isinstance(found, ox.BlankNode) and found in above and above[found] not in seen:
        found = above[found]
        seen.add(found)
    return found if isinstance(found, ox.NamedNode) else node


def _queries(shapes: Iterable[ox.Triple]) -> Iterator[tuple[Term, str]]:
    for triple in shapes:
        if triple.predicate.value in QUERIES and isinstance(triple.object, ox.Literal):
            yield triple.subject, _QUIET.sub(" ", triple.object.value)


def imported_declarations(shapes: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The declarations that reach a node of `sh:prefixes` through `owl:imports`, stated of the node itself.

    The prefixes of a query are those of sh:prefixes/owl:imports*/sh:declare (SHACL section 5.2.1); what is
    imported must stand in the shapes already, since nothing is fetched.
    """
    imports: dict[Term, list[Term]] = defaultdict(list)
    declares: dict[Term, list[ox.Triple]] = defaultdict(list)
    sources: dict[Term, ox.Triple] = {}
    for triple in shapes:
        if triple.predicate == OWL["imports"]:
            imports[triple.subject].append(triple.object)
        elif triple.predicate == SH["declare"]:
            declares[triple.subject].append(triple)
        elif triple.predicate == SH["prefixes"]:
            sources[triple.object] = triple
    added: list[ox.Triple] = []
    for source in sources:
        pending, seen = [source], {source}
        while pending:
            node = pending.pop()
            fresh = [other for other in imports[node] if other not in seen]
            seen.update(fresh)
            pending += fresh
            if node != source and isinstance(source, ox.NamedNode | ox.BlankNode):
                added += [ox.Triple(source, t.predicate, t.object) for t in declares[node]]
    return added


def prefixes_of(shapes: Iterable[ox.Triple]) -> dict[Term, set[str]]:
    """The prefixes that each node with `sh:prefixes` may use; imports are to be resolved before."""
    declares: dict[Term, list[Term]] = defaultdict(list)
    names: dict[Term, set[str]] = defaultdict(set)
    uses: list[tuple[Term, Term]] = []
    for triple in shapes:
        if triple.predicate == SH["declare"]:
            declares[triple.subject].append(triple.object)
        elif triple.predicate == SH["prefix"] and isinstance(triple.object, ox.Literal):
            names[triple.subject].add(triple.object.value)
        elif triple.predicate == SH["prefixes"]:
            uses.append((triple.subject, triple.object))
    known: dict[Term, set[str]] = defaultdict(set)
    for node, source in uses:
        known[node].update(*(names[declaration] for declaration in declares[source]))
    return known
