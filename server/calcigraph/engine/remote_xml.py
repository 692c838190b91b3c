"""SPARQL Query Results XML in, its rows out.

The document has no type: one that declares any is refused, and with it every entity of its own. Other
elements and attributes are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from calcigraph.engine.remote_json import RemoteMalformedError, RemoteRow
from calcigraph.engine.remote_terms import RemoteTerm

_SPACE: Final = "http://www.w3.org/2005/sparql-results# "
_LANGUAGE: Final = "http://www.w3.org/XML/1998/namespace lang"
_DIRECTION: Final = "http://www.w3.org/2005/11/its dir"
_MOST_NESTED: Final = 16
_PIECE: Final = 1 << 16
_TERMS: Final = ("uri", "literal", "bnode")


def rows_of_xml(data: bytes, wanted: frozenset[str]) -> Iterator[RemoteRow]:
    """The rows, of the variables `wanted` alone. Raises: RemoteMalformedError."""
    reader = _ResultsReader(wanted)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.append
    parser.StartDoctypeDeclHandler = _refuse
    data = data.lstrip()
    try:
        for start in range(0, len(data), _PIECE):
            parser.Parse(data[start : start + _PIECE], False)
            yield from reader.taken()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError, OSError) as error:
        if isinstance(error, RemoteMalformedError):
            raise
        raise RemoteMalformedError("It is neither SPARQL 1.1 Query Results JSON nor XML.") from error
    yield from reader.taken()
    if not reader.has_results:
        what = "a truth value instead of a table" if reader.has_boolean else "XML that is no table"
        raise RemoteMalformedError(f"It sent {what}.")


def _refuse(*_: object) -> None:
    raise RemoteMalformedError("Its XML declares a document type, which is not read.")


class _ResultsReader:
    """The state of reading one document, element by element."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.text: list[str] = []
        self.has_results = False
        self.has_boolean = False
        self._wanted = wanted
        self._path: list[str] = []
        self._rows: list[RemoteRow] = []
        self._row: dict[str, RemoteTerm] = {}
        self._name = ""
        self._term = RemoteTerm("", "")

    def taken(self) -> list[RemoteRow]:
        """The rows that have come since they were asked for last."""
        found, self._rows = self._rows, []
        return found

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.removeprefix(_SPACE) if tag.startswith(_SPACE) else ""
        self._path.append(name)
        if len(self._path) > _MOST_NESTED:
            raise RemoteMalformedError("Its XML is nested too deep.")
        self.text.clear()
        if self._path[:1] != ["sparql"]:
            raise RemoteMalformedError("It sent XML that is no table.")
        if name == "result":
            self._row = {}
        elif name == "binding":
            self._name = attributes.get("name", "")
            self._term = RemoteTerm("", "")
        elif name == "triple":
            raise RemoteMalformedError("It sent a triple term, which SPARQL 1.1 does not have.")
        elif name in _TERMS:
            language, direction = attributes.get(_LANGUAGE, ""), attributes.get(_DIRECTION, "")
            self._term = RemoteTerm(name, "", language, attributes.get("datatype", ""), direction)
        self.has_results |= self._path == ["sparql", "results"]
        self.has_boolean |= self._path == ["sparql", "boolean"]

    def end(self, _tag: str) -> None:
        path, text = self._path, "".join(self.text)
        name = path[-1]
        if name in _TERMS and path[:-1] == ["sparql", "results", "result", "binding"]:
            # An IRI has no space around it, and a label is told apart by what is not.
            self._term = self._term._replace(value=text if name == "literal" else text.strip("\t\n\r "))
        elif name == "binding" and self._name in self._wanted:
            self._row[self._name] = self._term
        elif path == ["sparql", "results", "result"]:
            self._rows.append(self._row)
        path.pop()
        self.text.clear()
