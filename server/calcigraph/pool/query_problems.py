"""What can go wrong between a query and its answer, as Problems.

Each may be shown to anyone: none carries a path, a backtrace or the engine's own words.
"""

from __future__ import annotations

from typing import ClassVar

from calcigraph.errors import Place, Problem

QUERY_FILE = "query"


class QueryMalformed(Problem):
    """The text is not SPARQL. `line` and `column` are 1-based, 0 where they are not known; `hint`
    says in plain words what to change."""

    title: ClassVar[str] = "The query is not well-formed SPARQL"

    def __init__(self, detail: str, hint: str, line: int = 0, column: int = 0) -> None:
        super().__init__(detail, hint, Place(QUERY_FILE, line, column))
        self.hint = hint

    @property
    def line(self) -> int:
        """The 1-based line."""
        return self.place.line if self.place else 0

    @property
    def column(self) -> int:
        """The 1-based column."""
        return self.place.column if self.place else 0


class QueryRefused(Problem):
    """The guard refuses the query; `reason` names the limit that it passes."""

    title: ClassVar[str] = "The query is refused"

    def __init__(self, reason: str, detail: str, remedy: str, place: Place | None = None) -> None:
        super().__init__(detail, remedy, place)
        self.reason = reason


class ServiceForbidden(Problem):
    """The query asks this server to call another one."""

    title: ClassVar[str] = "Calling other services is off"

    def __init__(self) -> None:
        super().__init__(
            "SERVICE is switched off on this server.",
            "Ask the other endpoint yourself and put its answer into VALUES.",
        )


class UpdateForbidden(Problem):
    """The text is an update, and this is the query service."""

    title: ClassVar[str] = "This is an update, not a query"

    def __init__(self, keyword: str) -> None:
        super().__init__(
            f"{keyword} is SPARQL Update; queries are SELECT, ASK, CONSTRUCT or DESCRIBE.",
            "Send updates to the update service.",
        )


class NotAcceptable(Problem):
    """The answer of this query form can be given in none of the formats that are asked for."""

    title: ClassVar[str] = "No acceptable format"

    def __init__(self, form: str, available: tuple[str, ...]) -> None:
        super().__init__(
            f"The answer to {form} can be given in none of the formats asked for.",
            f"Ask for one of: {', '.join(available)}.",
        )
        self.available = available


class QueryTimedOut(Problem):
    """The query ran, or waited for a worker, until its deadline; `limit_s` is its limit in seconds."""

    title: ClassVar[str] = "The query took too long"

    def __init__(self, limit_s: float, in_queue: bool = False) -> None:
        if in_queue:
            super().__init__(
                f"The server is busy: the query's turn did not come within its limit of {limit_s:g} s.",
                "Try again later, or give a longer `timeout` if the server allows it.",
            )
        else:
            super().__init__(
                f"The query was ended at its limit of {limit_s:g} s.",
                "Narrow it (more specific patterns, a LIMIT without ORDER BY), or give a longer `timeout` "
                "if the server allows it.",
            )
        self.limit_s = limit_s


class QueryTooBig(Problem):
    """The query needed more memory than one query may have; `limit_mib` is that limit, None where all
    queries together left too little to the machine."""

    title: ClassVar[str] = "The query needs too much memory"

    def __init__(self, limit_mib: int | None) -> None:
        needed = "most of what is left for queries" if limit_mib is None else f"more than {limit_mib} MiB"
        super().__init__(
            f"The query was ended because it needed {needed}.",
            "Narrow it, or drop ORDER BY, DISTINCT or GROUP BY over so many rows.",
        )
        self.limit_mib = limit_mib


class QueryFailed(Problem):
    """The engine could not finish this query, which is well-formed."""

    title: ClassVar[str] = "The query could not be evaluated"

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail, remedy)


class QueueFull(Problem):
    """The server is busy; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "The server is busy"

    def __init__(self, detail: str, retry_after_s: int) -> None:
        super().__init__(detail, f"Try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class ClientGone(Problem):
    """The client has left before the answer was complete; this is not sent to anybody."""

    title: ClassVar[str] = "The client has left"

    def __init__(self) -> None:
        super().__init__(
            "The query was ended because its client has closed the connection.",
            "Keep the connection open, in both directions, until the answer has arrived.",
        )


class EngineUnavailable(Problem):
    """No process can evaluate queries; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "The query engine is not available"

    def __init__(self, detail: str, retry_after_s: int = 10) -> None:
        super().__init__(detail, f"Try again in {retry_after_s} s; if it lasts, restart the server.")
        self.retry_after_s = retry_after_s


class DiffUnreadable(Problem):
    """A change that was to be published is not N-Quads."""

    title: ClassVar[str] = "The change could not be published"

    def __init__(self) -> None:
        super().__init__("The change is not well-formed N-Quads.", "Nothing was changed; mend the writer.")
