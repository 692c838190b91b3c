"""One RDF term as a person types it in, a term out; and back.

The grammar is small enough to be read by a pattern, so untrusted input never meets an RDF parser here:
`<iri>`, an absolute IRI, a prefixed name, `"text"`, `"text"@en`, `"1"^^xsd:integer`, a number, `true`.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.errors import Problem
from calcigraph.rdf.iris import MAX_LENGTH, named_node
from calcigraph.rdf.prefixes import Prefixes, PrefixUnknown
from calcigraph.rdf.vocabulary import XSD

# What a triple can be about (RDF 1.1 Concepts, section 3.1), and what it can say of it.
Subject: TypeAlias = ox.NamedNode | ox.BlankNode
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# More than an address may have over HTTP, and as much as an argument of a command may.
MAX_LITERAL = 1 << 17
SURROGATE = re.compile("[\ud800-\udfff]")
# Every repetition is possessive: each pattern takes a number of steps that is linear in the text.
QUOTED = re.compile(
    r'"((?:[^"\\\n\r]|\\.)*+)"'
    r"(?:@([A-Za-z]{1,8}+(?:-[A-Za-z0-9]{1,8}+)*+)(?:--(ltr|rtl))?|\^\^(\S++))?",
    re.DOTALL,
)
NUMBERS = (
    (re.compile(r"[+-]?[0-9]++"), "integer"),
    (re.compile(r"[+-]?[0-9]*+\.[0-9]++"), "decimal"),
    (re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)[eE][+-]?[0-9]++"), "double"),
    (re.compile(r"true|false"), "boolean"),
)
ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
SCHEMES_NOT_PREFIXES = ("http", "https", "urn", "mailto", "ftp", "file", "tag", "info", "doi")


class TermMalformed(Problem):
    """A term that cannot be read."""

    title = "The term is malformed"


def parse_term(text: str, prefixes: Prefixes) -> Term:
    """Read one term. Lexical forms are kept; blank nodes have no name outside their document.

    Raises: TermMalformed, IriMalformed; PrefixUnknown where a prefix is not declared.
    """
    text = text.strip()
    most = MAX_LITERAL if text.startswith('"') else MAX_LENGTH
    if len(text) > most:
        raise TermMalformed(
            f"A term of {len(text)} characters is too long.", f"Give at most {most} characters."
        )
    if SURROGATE.search(text):
        raise TermMalformed("A term holds half of a surrogate pair.", "Send the text as valid UTF-8.")
    if text.startswith('"'):
        return _quoted(text, prefixes)
    for pattern, datatype in NUMBERS:
        if pattern.fullmatch(text):
            return ox.Literal(text, datatype=XSD[datatype])
    if text.startswith("_:"):
        raise TermMalformed(
            f"`{_cut(text)}` is a blank node, which has no name outside its document.",
            "Name a node that has an IRI.",
        )
    return parse_iri(text, prefixes)


def parse_named_term(text: str, prefixes: Prefixes) -> Term:
    """Read a term, or a blank node by the name that answers and dumps give it, as in `_:b0`.

    These names stay for as long as the statement that the node stands in (see `rdf/node_names`), so here
    they can be asked for. Raises: as `parse_term`.
    """
    label = text.strip().removeprefix("_:")
    if label == text.strip():
        return parse_term(text, prefixes)
    try:
        return ox.BlankNode(label)
    except ValueError:
        raise TermMalformed(
            f"`{_cut(text)}` is no blank node.", "Write its name as the answer or the dump has it."
        ) from None


def parse_iri(text: str, prefixes: Prefixes) -> ox.NamedNode:
    """Read `<iri>`, an absolute IRI or a prefixed name; a declared prefix wins over a scheme.

    Raises: TermMalformed, IriMalformed, PrefixUnknown.
    """
    if text.startswith("<") and text.endswith(">"):
        return named_node(text[1:-1])
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes.mapping and not local.startswith("//"):
        return prefixes.expand(text)
    if colon and (local.startswith("//") or prefix.lower() in SCHEMES_NOT_PREFIXES):
        return named_node(text)
    if colon and re.fullmatch(r"[^\s<>\"]*", text):
        raise PrefixUnknown(prefix, prefixes)
    raise TermMalformed(
        f"`{_cut(text)}` is no term.",
        'Write a prefixed name (ex:name), an IRI (<http://…>), "text" in double quotes, or a number.',
    )


def _quoted(text: str, prefixes: Prefixes) -> ox.Literal:
    match = QUOTED.fullmatch(text)
    if match is None:
        raise TermMalformed(
            f"`{_cut(text)}` is no literal.",
            'Write "text", "text"@en or "text"^^xsd:date; inside, write \\" for a quotation mark.',
        )
    value = re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", _unescape, match[1], flags=re.DOTALL)
    datatype = parse_iri(match[4], prefixes) if match[4] else None
    direction = ox.BaseDirection(match[3]) if match[3] else None
    try:
        return ox.Literal(value, datatype=datatype, language=match[2], direction=direction)
    except ValueError:
        # A tag that RFC 5646 has no form for, or a datatype that only a tag gives.
        raise TermMalformed(
            f"`{_cut(text)}` is no literal: its language tag or its datatype does not fit.",
            'Write a tag as in "text"@en-GB, and no datatype that a tag stands for.',
        ) from None


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) > 1 and int(escape[1:], 16) < 0x110000 and not 0xD800 <= int(escape[1:], 16) < 0xE000:
        return chr(int(escape[1:], 16))
    if escape in ESCAPES:
        return ESCAPES[escape]
    raise TermMalformed(f"`\\{escape}` is no escape.", "Write a backslash as `\\\\`.")


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


def show_term(term: Term, prefixes: Prefixes) -> str:
    """A term as it would be typed in: prefixed name or `<iri>`, quoted literal, bare number.

    For every term but a blank node or a triple term, `parse_term` reads back the same term.
    """
    if isinstance(term, ox.NamedNode):
        return prefixes.shrink(term)
    if isinstance(term, ox.Triple):
        return f"<<( {term} )>>"
    if isinstance(term, ox.BlankNode):
        return str(term)
    for pattern, datatype in NUMBERS:
        if term.datatype == XSD[datatype] and pattern.fullmatch(term.value):
            return term.value
    body = str(ox.Literal(term.value))
    if term.language:
        return str(term)
    if term.datatype == XSD["string"]:
        return body
    return f"{body}^^{prefixes.shrink(term.datatype)}"
