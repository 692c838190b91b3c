"""What can go wrong when another service is called, as Problems made of a detail and a remedy."""

from __future__ import annotations

from typing import ClassVar

from calcigraph.errors import Problem, SettingRefused

_RETRY_AFTER_S = 5


class ServiceRefused(Problem):
    """A service that this server does not call: it is not on the list, or its address is private."""

    title: ClassVar[str] = "This service is not called"


class ServiceFailed(Problem):
    """A service that cannot be reached, or that answers with something else than an answer."""

    title: ClassVar[str] = "Another service failed"


class ServiceTimedOut(Problem):
    """A service that has not answered in time."""

    title: ClassVar[str] = "Another service took too long"


class ServicesBusy(Problem):
    """As many calls of other services are under way as there may be."""

    title: ClassVar[str] = "Too many calls of other services"
    retry_after_s: ClassVar[int] = _RETRY_AFTER_S


class AllowListMalformed(SettingRefused):
    """An entry of the allow-list that is not the beginning of an IRI of a service."""

    title: ClassVar[str] = "A service cannot be allowed like this"

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__("allow_service", detail, remedy)
