"""The bytes of an XML document in, the same ones as every reader has to take them out, or why there are none.

pyoxigraph's writers of XML put characters into it that XML 1.0 cannot hold, and carriage returns that each
reader takes for line feeds.
"""

from __future__ import annotations

import re
from typing import IO, Final

from calcigraph.rdf.formats import FormatUnfit

# What is no character of XML 1.0 (section 2.2), in UTF-8: most control characters, U+FFFE and U+FFFF.
_NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class XmlOutput:
    """A writable file in front of another one. Cost: some milliseconds for 10 MB."""

    def __init__(self, out: IO[bytes], form: str, instead: str) -> None:
        """`form` is what the format is called in a refusal, `instead` what may be asked for in its place."""
        self._out = out
        self._form = form
        self._instead = instead
        self._tail = b""

    def write(self, data: bytes) -> int:
        """Pass `data` on. Raises: FormatUnfit where it has a character that no XML document can have."""
        found = _NO_XML.search(self._tail + data)
        if found is not None:
            character = found[0].decode()
            raise FormatUnfit(self._form, f"the character U+{ord(character):04X}", self._instead)
        self._tail = data[-2:] if len(data) > 1 else (self._tail + data)[-2:]
        # A bare carriage return would be read as a line feed (XML 1.0, section 2.11).
        self._out.write(data.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """Does nothing: whoever has the other file does that."""
