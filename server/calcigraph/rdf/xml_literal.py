"""Elements and texts of an XML literal in, as expat tells of them; its lexical form out.

The form is that of Exclusive XML Canonicalization with comments (RDF 1.1 XML Syntax, section 7.2.17), so the
same XML is the same literal wherever it stands. pyoxigraph would put the values of attributes into it without
escapes, and write each namespace that is in scope, some of them twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

SEPARATOR: Final = " "
"""What stands between the parts of a name of expat's, `namespace local prefix`; no namespace has one."""
_XML: Final = "http://www.w3.org/XML/1998/namespace"
# Canonical XML 1.0, section 2.3: what a reader of the form would take for something else.
_IN_TEXT: Final = {"\r": "&#xD;"}
_IN_VALUE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)


class XmlLiteral:
    """What one property element with `rdf:parseType="Literal"` holds, as it is told of piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        # The namespaces that are written around the current element, by their prefixes.
        self._written: list[dict[str, str]] = [{"": ""}]

    @property
    def form(self) -> str:
        """The lexical form."""
        return "".join(self._pieces)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins. Cost: linear in what it says."""
        around = self._written[-1]
        used = dict(_namespace(key) for key in (name, *(key for key in attributes if SEPARATOR in key)))
        fresh = {p: iri for p, iri in used.items() if p != "xml" and around.get(p) != iri}
        self._written.append({**around, **fresh} if fresh else around)
        parts = [qualified(name)]
        parts += [
            f'xmlns{":" if p else ""}{p}="{iri.translate(_IN_VALUE)}"' for p, iri in sorted(fresh.items())
        ]
        for key in sorted(attributes, key=_order):
            parts.append(f'{qualified(key)}="{attributes[key].translate(_IN_VALUE)}"')
        self._pieces.append(f"<{' '.join(parts)}>")

    def end(self, name: str) -> None:
        """The element ends."""
        self._written.pop()
        self._pieces.append(f"</{qualified(name)}>")

    def text(self, text: str) -> None:
        """A text, references to characters and entities expanded."""
        self._pieces.append(escape(text, _IN_TEXT))

    def comment(self, text: str) -> None:
        """A comment."""
        self._pieces.append(f"<!--{text}-->")

    def instruction(self, target: str, text: str) -> None:
        """A processing instruction."""
        self._pieces.append(f"<?{target}{' ' if text else ''}{text}?>")


def qualified(name: str) -> str:
    """A name of expat's as a document has it."""
    parts = name.split(SEPARATOR)
    if parts[0] == _XML:
        return f"xml:{parts[1]}"
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]


def _namespace(name: str) -> tuple[str, str]:
    """The prefix of a name and what it stands for."""
    parts = name.split(SEPARATOR)
    if parts[0] == _XML:
        return "xml", _XML
    return (parts[2] if len(parts) == 3 else "", parts[0] if len(parts) > 1 else "")


def _order(name: str) -> tuple[str, str]:
    parts = name.split(SEPARATOR)
    return (parts[0], parts[1]) if len(parts) > 1 else ("", name)
