"""Content that comes in pieces in, its bytes out, no faster than the client reads them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Final

from calcigraph.web.protocol.file_content import FileContent, FilePieces
from calcigraph.web.protocol.http_response import HttpResponse, Pieces
from calcigraph.web.protocol.streaming import BrokenOffError
from calcigraph.web.serving.dispatcher import Dispatcher
from calcigraph.web.serving.outgoing import Outgoing
from calcigraph.web.serving.turns import Turns

_LOG = logging.getLogger(__name__)
_LAST_CHUNK: Final = b"0\r\n\r\n"


class ContentSender:
    """Sends content to one client. `has_begun` is whether anything was sent.

    Pieces of a file are read where they are at hand, else by a thread, as all other pieces are; no thread
    waits for a client. Each piece waits for its turn, so that small answers go between.
    """

    def __init__(self, outgoing: Outgoing, dispatcher: Dispatcher, turns: Turns) -> None:
        self._outgoing = outgoing
        self._dispatcher = dispatcher
        self._turns = turns
        self.has_begun = False

    async def send(self, head: bytes, content: Pieces | FileContent, is_chunked: bool) -> bool:
        """Whether all of it was sent, behind the `head`; else its end must not pass for one."""
        pieces: Iterator[bytes] | None = None
        try:
            pieces = await self._opened(content)
            self._outgoing.write(head)
            self.has_begun = True
            return await self._send_all(pieces, is_chunked)
        except BrokenOffError:
            # The client has left, or it was told where that was found out.
            pass
        except OSError as error:
            _LOG.warning("a response was broken off: %s", type(error).__name__)
        except Exception:  # noqa: BLE001 - whatever it is, the response is not whole
            _LOG.exception("a response was broken off")
        finally:
            _close_pieces(content, pieces)
        return False

    async def _opened(self, content: Pieces | FileContent) -> Iterator[bytes]:
        return await self._dispatcher.in_thread(iter, _iterable(content))

    async def _send_all(self, pieces: Iterator[bytes], is_chunked: bool) -> bool:
        while (piece := await self._next(pieces)) is not None:
            if self._outgoing.is_closed:
                return False
            if piece:
                self._outgoing.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            await self._outgoing.until_writable()
        self._outgoing.write(_LAST_CHUNK if is_chunked else b"")
        return True

    async def _next(self, pieces: Iterator[bytes]) -> bytes | None:
        if isinstance(pieces, FilePieces):
            await self._turns.turn()
            try:
                return pieces.at_hand()
            except BlockingIOError:
                pass
        return await self._dispatcher.in_thread(next, pieces, None)


def leave(response: HttpResponse | None) -> None:
    """What nobody waits for any more is not made."""
    if response is not None and isinstance(response.content, Pieces):
        response.content.close()


def _iterable(content: Pieces | FileContent) -> Iterator[bytes] | FileContent:
    return content.pieces if isinstance(content, Pieces) else content


def _close_pieces(content: Pieces | FileContent, pieces: Iterator[bytes] | None) -> None:
    close: Callable[[], object] | None = (
        content.close if isinstance(content, Pieces) else getattr(pieces, "close", None)
    )
    if close is not None:
        # A thread may still be at its next piece, where the server ends.
        with contextlib.suppress(ValueError):
            close()
