"""What a large document says in, a response that sends it as a file out; see `Engine.document`."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from flask import Response, request

from calcigraph.store import DocumentContent
from calcigraph.web.protocol import compression, request_head
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.query_answers import client_of_request
from calcigraph.web.site import Site

# Some 30 microseconds each.
_FEW: Final = 5_000


def document_response(
    response: Response, site: Site, variant: str, content: DocumentContent, statements: int | None = None
) -> Response:
    """`response` with the document as its body; it is made for clients that have not got it. One that is
    known to have few `statements` is made here, which takes less time than to start a process.

    Raises: what `Engine.document` raises.
    """

    def written() -> bytes:
        out = BytesIO()
        content.write(site.edition, out)
        return out.getvalue()

    def made() -> FileContent:
        return document_file(response, site, content)

    is_small = statements is not None and statements <= _FEW
    return validated(response, site, variant, written if is_small else made)


def document_file(response: Response, site: Site, content: DocumentContent) -> FileContent:
    """The document as the content of `response`, which has its media type. Raises: as `document_response`."""
    document = site.engine.document(site.edition, content, _gzip_from(response), client_of_request())
    return FileContent(document.path, document.size, encoding=document.encoding, keeper=document)


def _gzip_from(response: Response) -> int | None:
    """How many bytes the document has at least where it is compressed; None where the client would not have
    it compressed, or it is so already."""
    head: RequestHead | None = request.environ.get(request_head.KEY)
    is_wanted = head is not None and compression.is_wanted((response.content_type or "").encode(), head)
    return compression.LEAST_BYTES if is_wanted else None
