"""SPARQL 1.1 Query Results TSV in, as pyoxigraph writes it; the same table as CSV out.

pyoxigraph's own CSV is not used: it quotes no IRI, and one with a comma in it became two columns. In TSV each
term is told from the others, and to rewrite that takes less time than a loop over the terms.
"""

from __future__ import annotations

import re
from typing import IO, Final

# What stands behind the text of a literal.
_TAGGED: Final = re.compile(r'"(?:@[A-Za-z0-9-]++|\^\^<[^<>]*+>)(?=[\t\n])')
# What stands around a term, in the order in which it is taken away: a text may begin with `<`, end with `>`.
_AROUND: Final = ("\t<", "\n<", ">\t", ">\n", '\t"', '\n"', '"\t', '"\n')
# Where one of these is in a line, its terms are looked at one by one: commas, escapes, triple terms, spaces
# at the end of a text, which some readers cut off.
_SPECIAL: Final = re.compile(r'[,\\]|<<|" | "')
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
# RFC 4180, section 2.
_QUOTED: Final = re.compile(r'[,"\r\n]|\A[ \t]|[ \t]\Z')


class CsvOutput:
    """A writable file for TSV in front of one for CSV. `finish` has to be called behind the last line."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._rest = b""
        self._is_header = True

    def write(self, data: bytes) -> int:
        """Pass on what are whole lines by now. Raises: OSError from the other file."""
        lines, mark, self._rest = (self._rest + data).rpartition(b"\n")
        if mark:
            self._out.write(self._rows(lines.decode()).encode())
        return len(data)

    def flush(self) -> None:
        """Does nothing: whoever has the other file does that."""

    def finish(self) -> None:
        """Pass on the last line, if it has no end."""
        if self._rest:
            self.write(b"\n")

    def _rows(self, lines: str) -> str:
        header = ""
        if self._is_header:
            self._is_header = False
            header, mark, lines = lines.partition("\n")
            header = header.replace("?", "").replace("\t", ",") + "\r\n"
            if not mark:
                return header
        if not _SPECIAL.search(lines):
            return header + _plain(lines)
        return header + "".join(map(_row, lines.split("\n")))


def _plain(lines: str) -> str:
    """Lines in which nothing has to be quoted; a quotation mark in a text would have an escape."""
    text = _TAGGED.sub('"', f"\n{lines}\n")
    for around in _AROUND:
        text = text.replace(around, around.strip('<>"'))
    return text[1:].replace("\t", ",").replace("\n", "\r\n")


def _row(line: str) -> str:
    if not _SPECIAL.search(line):
        return _plain(line)
    return ",".join(map(_cell, line.split("\t"))) + "\r\n"


def _cell(term: str) -> str:
    value = _value(term)
    return '"{}"'.format(value.replace('"', '""')) if _QUOTED.search(value) else value


def _value(term: str) -> str:
    if term.startswith('"'):
        return _ESCAPE.sub(_unescaped, term[1 : term.rindex('"')])
    if term.startswith("<") and not term.startswith("<<"):
        return term[1:-1]
    return term


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPED.get(escape, escape)
