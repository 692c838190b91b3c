"""What can be wrong with a request, or with its answer, beside its query: as Problems."""

from __future__ import annotations

from typing import ClassVar

from calcigraph import errors
from calcigraph.web.protocol.negotiation import Offer


class RequestMalformed(errors.Problem):
    """A parameter that is missing, repeated or cannot be read."""

    title = "The request is malformed"


class NothingAcceptable(errors.Problem):
    """The resource has no representation that the client accepts."""

    title = "No acceptable format"

    def __init__(self, offers: tuple[Offer, ...]) -> None:
        listed = ", ".join(offer.media_type for offer in offers)
        super().__init__("None of the formats asked for can be sent.", f"Ask for one of: {listed}.")


class MediaTypeUnsupported(errors.Problem):
    """A body of a kind that this resource does not take."""

    title = "Unsupported media type"


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
