"""What can be wrong with a request, or with its answer, beside its query: as Problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from calcigraph import errors


class RequestMalformed(errors.Problem):
    """A parameter that is missing, repeated or cannot be read."""

    title = "The request is malformed"


class NothingAcceptable(errors.Problem):
    """The resource has no representation that the client accepts."""

    title = "No acceptable format"

    def __init__(self, media_types: Iterable[str]) -> None:
        super().__init__(
            "None of the formats asked for can be sent.", f"Ask for one of: {', '.join(media_types)}."
        )


class MediaTypeUnsupported(errors.Problem):
    """A body of a kind that this resource does not take."""

    title = "Unsupported media type"


class HeadTooLarge(errors.Problem):
    """Header fields that are too many, or too long."""

    title = "The header fields are too large"


class MethodUnknown(errors.Problem):
    """A method that no address here takes."""

    title = "This method is not known here"


class VersionUnsupported(errors.Problem):
    """A version of HTTP that is not spoken here, or in which an answer cannot be sent."""

    title = "This version of HTTP does not do"

    def __init__(
        self, detail: str = "This server speaks HTTP/1.1 and HTTP/1.0.", remedy: str = "Use HTTP/1.1."
    ) -> None:
        super().__init__(detail, remedy)


class CodingUnknown(errors.Problem):
    """A transfer coding that is not taken (RFC 9112 section 6.1)."""

    title = "Unsupported transfer coding"

    def __init__(self) -> None:
        super().__init__("Of transfer codings, only `chunked` is taken.", "Send the body as it is.")


class ExpectationUnknown(errors.Problem):
    """An `Expect` that cannot be met."""

    title = "The expectation cannot be met"

    def __init__(self) -> None:
        super().__init__("`Expect` asks for something else than to go on.", "Leave `Expect` out.")


class RequestTimedOut(errors.Problem):
    """A head or a body that comes too slowly."""

    title = "The request took too long to arrive"


class FrontBusy(errors.Problem):
    """There is no room for the request; `retry_after_s` says when to try again."""

    title = "The server has too much to do"

    def __init__(self, detail: str, retry_after_s: int = 5) -> None:
        super().__init__(detail, f"Try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class ConditionFailed(errors.Problem):
    """What the client has is not what is here (RFC 9110 section 13.1)."""

    title = "The condition does not hold"

    def __init__(self) -> None:
        super().__init__(
            "The condition that the request states does not hold.", "Leave it out, or get what is here now."
        )


class RangeUnsatisfiable(errors.Problem):
    """A range that lies beyond the end (RFC 9110 section 15.5.17)."""

    title = "There is nothing in this range"

    def __init__(self, size: int) -> None:
        super().__init__(f"There are {size} bytes here.", "Ask for some of them.")


class BodyTooLarge(errors.Problem):
    """A body beyond the limit."""

    title = "The request is too large"


class AddressTooLong(errors.Problem):
    """An address, query included, beyond the limit."""

    title = "The address is too long"


class ResourceUnknown(errors.Problem):
    """There is no such resource; `nearest` are labels and links of those with similar names."""

    title = "Nothing is known about this resource"

    def __init__(self, detail: str, remedy: str, nearest: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, remedy)
        self.nearest = nearest


class ResourceRemoved(errors.Problem):
    """A resource that was published and then removed; `instead` are labels and links of those that replace
    it."""

    title = "This resource was removed"

    def __init__(self, detail: str, remedy: str, instead: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, remedy)
        self.instead = instead


class VersionUnknown(errors.Problem):
    """A version of the data that is not here."""

    title = "This version is not here"

    def __init__(self, version: str) -> None:
        super().__init__(
            f"What is here is version {version[:12]}; others are not kept.",
            f"Leave `at` out, or give `at={version[:12]}`.",
        )


class AnswerTooLong(errors.Problem):
    """An answer that does not fit on a page."""

    title = "The answer is too long for a page"

    def __init__(self) -> None:
        super().__init__(
            "The answer is longer than a page can show.", "Ask for another format, or add a LIMIT."
        )


class NotReady(errors.Problem):
    """A fresh query was not answered in time; `retry_after_s` says when to ask again."""

    title: ClassVar[str] = "The server is not ready"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"A fresh query was not answered. {reason}", "Ask again soon; send no queries until then."
        )
        self.retry_after_s = 1


class Unexpected(errors.Problem):
    """A bug."""

    title: ClassVar[str] = "The server made a mistake"

    def __init__(self) -> None:
        super().__init__("An unexpected error happened here.", "Report it, with the request and the time.")
