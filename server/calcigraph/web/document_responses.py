"""What a large document says in, a response that sends it as a file out; see `Engine.document`."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from flask import Response

from calcigraph.store import Content, Document
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.file_content import validated_file
from calcigraph.web.query_answers import client_of_request
from calcigraph.web.site import Site

# Some 30 microseconds each.
_FEW: Final = 5_000


def document_response(
    response: Response, site: Site, variant: str, content: Content, statements: int | None = None
) -> Response:
    """`response` with the document as its body; it is made for clients that have not got it. One that is
    known to have few `statements` is made here, which takes less time than to start a process.

    Raises: what `Engine.document` raises.
    """

    def written() -> bytes:
        out = BytesIO()
        content.write(site.edition, out)
        return out.getvalue()

    if statements is not None and statements <= _FEW:
        return validated(response, site, variant, written)

    def made(gzip_from: int | None) -> Document:
        return site.engine.document(site.edition, content, gzip_from, client_of_request())

    return validated_file(response, site, variant, made)
