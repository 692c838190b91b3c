"""The triples of a file in, a lasting name for each of its blank nodes out.

A parser names blank nodes at random. Here an anonymous one (`[ … ]`, a cell of a list, the subject of an
annotation) is named after the statement that it stands in: the triple of a named resource that leads to it,
with all that this triple leads to. So its name is the same whatever else the file says, in whichever order
and with whichever prefixes. A labelled one is named after its label. Both are named after the file as well,
because blank nodes of two files are two nodes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.terms import Term

_LENGTH = 20  # hexadecimal digits of a name: among a million nodes two are alike once in 10^12 files
_Index: TypeAlias = dict[ox.BlankNode, list[ox.Triple]]


def lasting_names(
    triples: Iterable[ox.Triple], file: str, labels: Collection[str] = frozenset()
) -> dict[ox.BlankNode, ox.BlankNode]:
    """The name of every blank node of a file's `triples`; `labels` are those that its text gives itself.

    Two nodes of which exactly the same is said, as in `:a :b [], [] .`, are told apart by a number. As they
    can be exchanged, it changes no triple which of them has which number.

    Cost: linear in the triples with blank nodes, some 10 microseconds each.
    """
    statements = dict.fromkeys(triple for triple in triples if any(_blank_nodes_of(triple)))
    found = dict.fromkeys(node for triple in statements for node in _blank_nodes_of(triple))
    names = {node: _digest(file, "label", node.value) for node in found if node.value in labels}
    anonymous = [node for node in found if node not in names]
    about, uses = _by_node(statements, anonymous)
    content, order = dict(names), _nested_first(about)
    for node in order:
        lines = (f"{t.predicate} {_form(t.object, content)}" for t in about[node])
        content[node] = _digest(*sorted(lines))
    taken: Counter[str] = Counter()
    for node in reversed(order):
        lines = (
            f"{_form(t.subject, names)} {t.predicate} {_form(t.object, content, node)}" for t in uses[node]
        )
        alike = _digest(file, content[node], *sorted(lines))
        names[node] = f"{alike}x{taken[alike]}" if taken[alike] else alike
        taken[alike] += 1
    return {node: ox.BlankNode(f"b{name}") for node, name in names.items()}


def renamed(triple: ox.Triple, names: Mapping[ox.BlankNode, ox.BlankNode]) -> ox.Triple:
    """The triple with its blank nodes called by their names; itself where it has none."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode):
        subject = names[subject]
    elif not isinstance(value, ox.BlankNode | ox.Triple):
        return triple
    if isinstance(value, ox.BlankNode):
        value = names[value]
    elif isinstance(value, ox.Triple):
        value = renamed(value, names)
    return ox.Triple(subject, triple.predicate, value)


def _blank_nodes_of(triple: ox.Triple) -> Iterator[ox.BlankNode]:
    """The blank nodes of a triple, those in a triple term included."""
    if isinstance(triple.subject, ox.BlankNode):
        yield triple.subject
    yield from _inside(triple.object)


def _inside(term: Term) -> Iterator[ox.BlankNode]:
    if isinstance(term, ox.BlankNode):
        yield term
    elif isinstance(term, ox.Triple):
        yield from _blank_nodes_of(term)


def _by_node(statements: Iterable[ox.Triple], nodes: Iterable[ox.BlankNode]) -> tuple[_Index, _Index]:
    """What is said about each of some nodes, and where each stands as an object or within one."""
    about: _Index = {node: [] for node in nodes}
    uses: _Index = {node: [] for node in about}
    for triple in statements:
        if isinstance(triple.subject, ox.BlankNode) and triple.subject in about:
            about[triple.subject].append(triple)
        for node in _inside(triple.object):
            if node in uses:
                uses[node].append(triple)
    return about, uses


def _nested_first(about: _Index) -> list[ox.BlankNode]:
    """The nodes, each behind those that it leads to.

    There is such an order: without a label no text can lead back to the node that it is nested in.
    """
    sorter: TopologicalSorter[ox.BlankNode] = TopologicalSorter()
    for node, statements in about.items():
        inner = (other for triple in statements for other in _inside(triple.object))
        sorter.add(node, *(other for other in inner if other in about))
    return list(sorter.static_order())


def _form(term: Term, names: Mapping[ox.BlankNode, str], this: ox.BlankNode | None = None) -> str:
    """A term as N-Triples writes it, blank nodes by their names and `this` as a star."""
    if isinstance(term, ox.BlankNode):
        return "*" if term == this else f"_:{names[term]}"
    if isinstance(term, ox.Triple):
        subject, value = (_form(inner, names, this) for inner in (term.subject, term.object))
        return f"<<( {subject} {term.predicate} {value} )>>"
    return str(term)


def _digest(*parts: str) -> str:
    # A name of a file that is not UTF-8 comes with lone surrogates.
    text = "\n".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:_LENGTH]
