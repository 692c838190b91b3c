"""What keeps a large document from being made, as Problems. Each may be shown to anyone."""

from __future__ import annotations

from typing import ClassVar

from calcigraph.errors import Problem

_OTHERWISE = "Take the dump of N-Quads, or ask for what you need of it by a query."


class DocumentsBusy(Problem):
    """As many clients wait for documents as may; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "Too many large documents are asked for"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "As many clients as this server lets wait for large documents are waiting.",
            f"Try again in {retry_after_s} s.",
        )
        self.retry_after_s = retry_after_s


class DocumentTimedOut(Problem):
    """The document was not there by the deadline; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "The document took too long"

    def __init__(self, limit_s: float, retry_after_s: int) -> None:
        super().__init__(
            f"The document was not made within the limit of {limit_s:g} s.",
            f"Try again in {retry_after_s} s: it may be there then. {_OTHERWISE}",
        )
        self.retry_after_s = retry_after_s


class DocumentTooBig(Problem):
    """Making the document takes more memory than it may."""

    title: ClassVar[str] = "The document needs too much memory"

    def __init__(self, limit_mib: int) -> None:
        super().__init__(
            f"Making the document was ended because it needed more than {limit_mib} MiB.", _OTHERWISE
        )


class NoRoomForDocument(Problem):
    """The disk has no room for the document, or it is longer than what all documents may take there."""

    title: ClassVar[str] = "There is no room for the document"

    def __init__(self, limit_mib: int | None) -> None:
        why = "as the disk is full" if limit_mib is None else f"as it is longer than {limit_mib} MiB"
        super().__init__(
            f"The document could not be kept while it was made, {why}.",
            f"Try again later, or tell whoever runs the server. {_OTHERWISE}",
        )


class DocumentLost(Problem):
    """The process that made the document has ended before it was done; `retry_after_s` says when to try
    again."""

    title: ClassVar[str] = "The document could not be made"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "The process that made the document has ended before it was done.",
            f"Try again in {retry_after_s} s.",
        )
        self.retry_after_s = retry_after_s


class ReaderGone(Problem):
    """Who asked for the document has left; this is not sent to anybody."""

    title: ClassVar[str] = "The client has left"

    def __init__(self) -> None:
        super().__init__(
            "Whoever asked for the document has closed the connection.",
            "Keep the connection open until the document has arrived.",
        )
