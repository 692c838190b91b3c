"""An IRI that is not in the data in, those of the data that may have been meant out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pyoxigraph as ox

from calcigraph.edition.edition import Edition
from calcigraph.edition.names import compact, key_of

_MOST_NEAR: Final = 5
_MOST_LOOKED_AT: Final = 400
_NEAR_ENOUGH: Final = 0.72
# Of a longer name, so much is compared: what is asked for comes from anybody.
_LONGEST: Final = 100
# How much of a name has to be right for those that begin like it to be looked through.
_BEGINNING: Final = 3
SAME_NAME: Final = "the same name in another namespace"
SPELT_SO: Final = "spelt nearly so"
CALLED_SO: Final = "called nearly so"


def near_iris(edition: Edition, iri: str) -> list[tuple[ox.NamedNode, str]]:
    """The IRIs of an edition that come nearest to one that is in none of its triples, and why: the same name
    elsewhere, a spelling that differs little, a label.

    Cost: look-ups in the index, and a comparison with each of some hundred candidates.
    """
    space, name = _split(iri)
    name = name[:_LONGEST]
    found: dict[ox.NamedNode, tuple[float, str]] = {}
    # It keeps what it has found out about its second text.
    matcher = difflib.SequenceMatcher(None, "", compact(key_of(name)))
    for node, text in _candidates(edition, space, name):
        score, why = _likeness(matcher, space, name, node, text)
        if score >= _NEAR_ENOUGH and score > found.get(node, (0.0, ""))[0]:
            found[node] = score, why
    ranked = sorted(found, key=lambda node: (-found[node][0], node.value))
    known = (node for node in ranked if node.value != iri and _is_used(edition, node))
    return [(node, found[node][1]) for node in islice(known, _MOST_NEAR)]


def _candidates(edition: Edition, space: str, name: str) -> Iterator[tuple[ox.NamedNode, str]]:
    """Nodes, each with a name of it."""
    uses = edition.uses
    for node in (*uses.triples, *uses.members, *edition.graphs):
        yield node, _split(node.value)[1]
    for node in islice(edition.index.iris(space + name[:_BEGINNING]), _MOST_LOOKED_AT):
        yield node, _split(node.value)[1]
    for named in edition.names_near(key_of(name), _MOST_LOOKED_AT // 2):
        yield named.node, _split(named.node.value)[1]
        yield named.node, named.text


def _likeness(
    matcher: difflib.SequenceMatcher[str], space: str, name: str, node: ox.NamedNode, text: str
) -> tuple[float, str]:
    its_space, its_name = _split(node.value)
    if its_name == name:
        return 1.0, SAME_NAME
    matcher.set_seq1(compact(key_of(text)))
    if not name or matcher.real_quick_ratio() < _NEAR_ENOUGH or matcher.quick_ratio() < _NEAR_ENOUGH:
        return 0.0, ""
    score = matcher.ratio() - (0.0 if its_space == space else 0.05)
    return score, SPELT_SO if text == its_name else CALLED_SO


def _split(iri: str) -> tuple[str, str]:
    """A namespace, and a name in it."""
    match = re.search(r"[^/#:]*\Z", iri.rstrip("/#"))
    start = match.start() if match is not None else len(iri)
    return iri[:start], iri[start:]


def _is_used(edition: Edition, node: ox.NamedNode) -> bool:
    return edition.mentions(node) or node in edition.uses.triples or node in edition.graphs
