"""Texts and data in, standard output and standard error out, whatever those are: closed, full, or a terminal.

What is written for people has no character that does something to a terminal, or turns the writing
direction, but an escape in its place. Data for programs are exact, and escaped in the same way where standard
output is a terminal, as `ls` does it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final, TextIO

from calcigraph.visible_text import visible

_OUT: Final = 1
_ERR: Final = 2


def open_streams() -> None:
    """Have descriptors 0 to 2 open, so that no file or socket gets one of these numbers, and what is written
    to a standard output that is closed fails."""
    for descriptor in range(_ERR + 1):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free.
            os.open(os.devnull, os.O_WRONLY if descriptor == _ERR else os.O_RDONLY)
    sys.stdout = _opened(sys.stdout, _OUT)
    sys.stderr = _opened(sys.stderr, _ERR)


def shown(text: str) -> str:
    """A text without characters that do something; ends of lines and tabulators stay."""
    return visible(text, kept="\n\t")


class ReaderLeftError(Exception):
    """Nobody reads standard output any more."""


def tell(text: str, end: str = "\n") -> None:
    """Write an answer for people. Raises: ReaderLeftError; OSError where standard output takes it not."""
    _write((shown(text) + end).encode(sys.stdout.encoding, "backslashreplace"))


def give(data: bytes) -> None:
    """Write an answer for programs. Raises: ReaderLeftError; OSError where standard output takes it not."""
    if sys.stdout.isatty():
        tell(data.decode("utf-8", "surrogateescape"), end="")
    else:
        _write(data)


def _write(data: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderLeftError from error


def say(text: str) -> None:
    """Write something about the work to standard error; where that takes it not, nobody hears it."""
    with suppress(OSError):
        sys.stderr.write(shown(text) + "\n")
        sys.stderr.flush()


def drop_output() -> None:
    """Forget what the streams have not taken; the interpreter would try again at its end, and say so."""
    for stream, descriptor in ((sys.stdout, _OUT), (sys.stderr, _ERR)):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, descriptor)
                os.close(null)


def _opened(stream: TextIO | None, descriptor: int) -> TextIO:
    """The stream that the interpreter has, or one where it has none; no character is too much for it."""
    if stream is None:
        return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stream
