"""Why the process that proves and changes does not answer."""

from __future__ import annotations

from typing import ClassVar, Final

from calcigraph.errors import Problem

# So many threads may wait for proofs; others are left for pages that need none.
MOST_WAITING: Final = 32
_RETRY_AFTER_S: Final = 5


class WriterUnavailable(Problem):
    """The process that proves and changes has ended; the next request starts another one."""

    title: ClassVar[str] = "The reasoner is not available"


class WriterBusy(Problem):
    """As many proofs are waited for as may be; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "Too many proofs are asked for"

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_WAITING} proofs are waited for, which are found one after the other.",
            f"Try again in {_RETRY_AFTER_S} s.",
        )
        self.retry_after_s = _RETRY_AFTER_S
