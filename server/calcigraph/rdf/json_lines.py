"""The text of a JSON-LD document in, the line on which a node is named out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.tokens import Lines

_ID: Final = re.compile(r'"(?:@?id)"\s*:\s*("(?:[^"\\]++|\\.)*+")')
_CONTEXT: Final = re.compile(r'"@context"\s*+:')
_BRACKET: Final = re.compile(r'[][{}]|"(?:[^"\\]++|\\.)*+"')
_DEEPEST: Final = 256


class JsonLines:
    """The lines of one JSON-LD text by what stands as an `@id` there (or as the alias `id`)."""

    def __init__(self, text: str, prefixes: Mapping[str, str], base_iri: str | None) -> None:
        lines = Lines(text)
        self._known: dict[str, int] = {}
        for match in _ID.finditer(text):
            name = unquoted(match[1])
            if name is not None:
                self._known.setdefault(_expanded(name, prefixes, base_iri), lines.line(match.start()))

    def of(self, nodes: Iterable[Term]) -> list[int]:
        """For each node, in the order of the text, the first line that names it; for one without a name that
        of the one before, in which it is nested."""
        found, line = [], 1
        for node in nodes:
            name = node.value if isinstance(node, ox.NamedNode) else str(node)
            line = self._known.get(name, line)
            found.append(line)
        return found


def too_deep(text: str) -> int:
    """The line on which brackets are nested more deeply than pyoxigraph reads in bounded time and memory; 0
    where they are not."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth > _DEEPEST:
            return Lines(text).line(match.start())
    return 0


def context_of(text: str) -> str:
    """The text of the first context in a JSON-LD text, or in its beginning; empty where it has none."""
    return next((text[start:end] for start, end in _contexts(text)), "")


def long_namespace(text: str, most: int) -> int:
    """The line on which a context has a text of more than `most` characters, by which each name that uses it
    becomes as long; 0 where none has. Cost: linear, for each context within another one."""
    for start, end in _contexts(text):
        for match in _BRACKET.finditer(text, start, end):
            if len(match[0]) > most + 2:
                return Lines(text).line(match.start())
    return 0


def _contexts(text: str) -> Iterator[tuple[int, int]]:
    """Where each context begins and ends."""
    for match in _CONTEXT.finditer(text):
        depth = 0
        for bracket in _BRACKET.finditer(text, match.end()):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(bracket[0], 0)
            if depth <= 0:
                yield match.end(), bracket.end()
                break
        else:
            yield match.end(), len(text)


def labels_of(value: Any) -> set[str]:
    """The labels of blank nodes in a JSON value."""
    return {text.removeprefix("_:") for text in _strings(value) if text.startswith("_:")}


def _strings(value: Any) -> Iterator[str]:
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value


def unquoted(text: str) -> str | None:
    """The string that stands between quotation marks; None where it is broken."""
    try:
        return str(json.loads(text))
    except ValueError:
        return None


def _expanded(name: str, prefixes: Mapping[str, str], base_iri: str | None) -> str:
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return prefixes[prefix] + local
    if colon:
        return name
    try:
        return urljoin(base_iri or "", name)
    except ValueError:
        return name
