"""The bytes of an RDF/XML document in, the same document for pyoxigraph out: in UTF-8, entities expanded, and
with the line of each node and property in it.

expat reads the XML, so that every encoding and every entity of the internal subset is what XML 1.0 says, and
what is not well-formed is told with its line; pyoxigraph takes neither. Nothing outside the document is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from calcigraph.errors import Problem
from calcigraph.rdf.diagnosis import MOST_IN_LITERAL, too_long
from calcigraph.rdf.vocabulary import RDF
from calcigraph.rdf.xml_literal import SEPARATOR, XmlLiteral, qualified

# Entities of ontologies stand for namespaces: some thirty characters for five. What is far beyond that is
# made to fill the memory ("billion laughs").
_MOST_TIMES: Final = 20
_AT_LEAST: Final = 1 << 20
_PIECE: Final = 1 << 16
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_PARSE_TYPE: Final = f"{RDF.iri}{SEPARATOR}parseType"
_ID: Final = f"{RDF.iri}{SEPARATOR}ID"
_NODE_ID: Final = f"{RDF.iri}{SEPARATOR}nodeID"

# What expat says, and what that means to an editor.
_SAYINGS: Final = {
    "no element found": (
        "The XML ends before its elements do, as when a file was saved by half.",
        "Save it again, or close the elements that are open.",
    ),
    "unclosed token": ("The XML ends within a tag.", "Save it again, or write the rest."),
    "mismatched tag": (
        "An element is closed that is not the one that is open.",
        "Close the inner one first.",
    ),
    "undefined entity": (
        "An entity is used that the DOCTYPE does not declare.",
        "Declare it there, or write the character that it stands for.",
    ),
    "unbound prefix": ("A prefix is used that is not declared.", 'Add xmlns:…="…" to the first element.'),
    "junk after document element": (
        "Something follows after the end of the document.",
        "Take it out, or move it into the first element.",
    ),
}


class XmlRefused(Problem):
    """An XML document that is not read further; `line` is where."""

    title = "The XML is refused"

    def __init__(self, detail: str, remedy: str, line: int) -> None:
        super().__init__(detail, remedy)
        self.line = line


class RdfXmlSource:
    """A readable file for pyoxigraph. With a `marker`, an IRI, each node element and each property element is
    preceded by a property `<marker>node` or `<marker>property` of the node, whose value is the line.

    With `by_steps` each `read` gives one tag or text at most, so that `line` is where the reader is.
    """

    def __init__(self, raw: bytes, marker: str | None = None, *, by_steps: bool = False) -> None:
        self.prefixes: dict[str, str] = {}
        self.labels: set[str] = set()
        self.root = ""
        self.line = 1
        self.refusal: XmlRefused | None = None
        self._raw = memoryview(raw)
        self._position = 0
        self._ready = memoryview(b"")
        self._marker = marker
        self._by_steps = by_steps
        self._pieces: deque[tuple[int, str]] = deque()
        self._roles: list[str] = ["document"]
        self._declarations: list[tuple[str | None, str]] = []
        self._literal = XmlLiteral()
        self._expanded = 0
        # The line of the last property, and how much text has followed.
        self._begun, self._in_text = 1, 0
        self._parser = self._made_parser()

    def read(self, size: int) -> bytes:
        """The next bytes, `size` at most; none at the end.

        Raises: XmlRefused, which `refusal` keeps, once all is given that stands before what is wrong.
        """
        if not self._ready:
            self._ready = memoryview(self._more())
        given, self._ready = self._ready[:size], self._ready[size:]
        return bytes(given)

    def _more(self) -> bytes:
        while not self._pieces and self._position <= len(self._raw) and self.refusal is None:
            self._feed()
        if not self._pieces and self.refusal is not None:
            raise self.refusal
        if self._by_steps and self._pieces:
            self.line, piece = self._pieces.popleft()
            return piece.encode()
        text = "".join(piece for _, piece in self._pieces)
        self._pieces.clear()
        return text.encode()

    def _feed(self) -> None:
        piece = bytes(self._raw[self._position : self._position + _PIECE])
        try:
            self._parser.Parse(piece, not piece)
        except expat.ExpatError as error:
            self.refusal = XmlRefused(*_said(error), error.lineno)
        except XmlRefused as refused:
            self.refusal = refused
        except (LookupError, ValueError):
            # Of an encoding that expat lacks, Python is asked for a table of 256 characters.
            self.refusal = XmlRefused(
                "Its encoding is not read here.", "Save it as UTF-8, and say so in its first line.", 1
            )
        self._position += len(piece) or 1

    def _made_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction
        return parser

    def _doctype(self, _name: str, system: str | None, public: str | None, _internal: int) -> None:
        if system or public:
            raise self._refused(
                "The DOCTYPE refers to a file of its own, which is not read.",
                "Take the reference out, and declare its entities between `[` and `]`.",
            )

    def _entity(
        self,
        name: str,
        is_parameter: int,
        value: str | None,
        _base: str | None,
        _system: str | None,
        _public: str | None,
        _notation: str | None,
    ) -> None:
        if is_parameter:
            raise self._refused(
                f"The DOCTYPE declares a parameter entity, `%{name};`.", "Declare each entity by itself."
            )
        if value is None:
            raise self._refused(
                f"The entity `&{name};` stands in a file of its own, which is not read.",
                f'Write what it stands for: <!ENTITY {name} "…">.',
            )

    def _namespace(self, prefix: str | None, iri: str | None) -> None:
        self._count(len(iri or ""))
        self._declarations.append((prefix, iri or ""))
        if iri:
            self.prefixes.setdefault(prefix or "", iri)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.root = self.root or name
        line = self._parser.CurrentLineNumber
        parent = self._roles[-1]
        role = _role(parent, name, attributes)
        if parent != "literal":
            self._check_names(name, attributes)
        self._roles.append(role)
        if parent != "literal":
            self._begun, self._in_text = line, 0
        # A name of expat's has its namespace in it, which may be an entity.
        self._count(len(name) + sum(len(key) + len(value) for key, value in attributes.items()))
        if parent == "literal":
            self._declarations.clear()
            self._literal.start(name, attributes)
            return
        self.labels.update(value for key, value in attributes.items() if _bare(key) == _NODE_ID)
        if parent == "node":
            self._mark("property", line)
        if role == "literal":
            self._literal, attributes = XmlLiteral(), _of_literal(attributes)
        self._give(self._tag(name, attributes), line)
        if role == "node":
            self._mark("node", line)

    def _check_names(self, name: str, attributes: Mapping[str, str]) -> None:
        """RDF 1.1 XML Syntax, section 6.1.4: what has no namespace is no part of it, but for some attributes
        of old."""
        for what, bare in (("element", name), *(("attribute", key) for key in attributes)):
            if SEPARATOR not in bare:
                raise self._refused(
                    f"The {what} `{bare}` has no namespace, which RDF/XML does not allow.",
                    f"Write `rdf:{bare}` if that is meant.",
                )

    def _tag(self, name: str, attributes: Mapping[str, str]) -> str:
        parts = [qualified(name)]
        parts += [f"xmlns{':' if p else ''}{p or ''}={quoteattr(iri)}" for p, iri in self._declarations]
        self._declarations.clear()
        parts += [f"{qualified(key)}={quoteattr(value)}" for key, value in attributes.items()]
        return f"<{' '.join(parts)}>"

    def _mark(self, what: str, line: int) -> None:
        if self._marker is not None:
            self._give(f'<{what} xmlns="{self._marker}">{line}</{what}>', line)

    def _end(self, name: str) -> None:
        role = self._roles.pop()
        if self._roles[-1] == "literal":
            self._literal.end(name)
            return
        if role == "literal":
            self._give(_escaped(self._literal.form), self._parser.CurrentLineNumber)
        self._give(f"</{qualified(name)}>", self._parser.CurrentLineNumber)

    def _text(self, text: str) -> None:
        self._count(len(text))
        self._in_text += len(text)
        if self._in_text > MOST_IN_LITERAL:
            problem = too_long(self._begun, "")
            raise XmlRefused(problem.detail, problem.remedy, self._begun)
        if self._roles[-1] == "literal":
            self._literal.text(text)
        else:
            self._give(_escaped(text), self._parser.CurrentLineNumber)

    def _comment(self, text: str) -> None:
        if self._roles[-1] == "literal":
            self._literal.comment(text)

    def _instruction(self, target: str, text: str) -> None:
        if self._roles[-1] == "literal":
            self._literal.instruction(target, text)

    def _give(self, piece: str, line: int) -> None:
        self._pieces.append((line, piece))

    def _count(self, characters: int) -> None:
        self._expanded += characters
        if self._expanded > _AT_LEAST + _MOST_TIMES * (self._position + _PIECE):
            raise self._refused(
                f"The document's entities and prefixes stand for more than {_MOST_TIMES} times its size.",
                "Write out what they stand for.",
            )

    def _refused(self, detail: str, remedy: str) -> XmlRefused:
        return XmlRefused(detail, remedy, self._parser.CurrentLineNumber)


def _role(parent: str, name: str, attributes: Mapping[str, str]) -> str:
    """What an element is by where it stands (RDF 1.1 XML Syntax, section 7.2)."""
    if parent == "literal":
        return "literal"
    if parent == "node":
        kind = next((value for key, value in attributes.items() if _bare(key) == _PARSE_TYPE), None)
        roles = {None: "property", "Resource": "node", "Collection": "property"}
        return roles.get(kind, "literal")
    return "rdf" if parent == "document" and _bare(name) == f"{RDF.iri}{SEPARATOR}RDF" else "node"


def _bare(name: str) -> str:
    """A name of expat's, `namespace local prefix`, without the prefix."""
    return SEPARATOR.join(name.split(SEPARATOR)[:2])


def _of_literal(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a property element whose content is an XML literal, for one that has a text of that
    datatype. What is no value of the table of section 7.2.20 is taken as Literal; pyoxigraph drops it."""
    kept = {key: value for key, value in attributes.items() if _bare(key) == _ID or key.startswith(_XML)}
    kind = next(key for key in attributes if _bare(key) == _PARSE_TYPE)
    return {**kept, kind.replace("parseType", "datatype", 1): RDF["XMLLiteral"].value}


def _escaped(text: str) -> str:
    # A bare carriage return would be read as a line feed (XML 1.0, section 2.11).
    return escape(text, {"\r": "&#13;"})


def _said(error: expat.ExpatError) -> tuple[str, str]:
    words = expat.ErrorString(error.code)
    if "amplification" in words:
        return "The entities of the document stand for far more than its size.", "Write out what they mean."
    for said, saying in _SAYINGS.items():
        if said in words:
            return saying
    return f"The XML is not well-formed: {words}.", "Mend it there."
