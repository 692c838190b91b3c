"""What can go wrong, as values: a `Problem` is raised, a `Finding` is collected.

Every one of them says what happened and what to do about it. None carries a path outside the
root, a backtrace or another user's data, so each may be shown to anyone as it is.
"""

from __future__ import annotations

import errno
import os
from copy import copy
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeVar


@dataclass(frozen=True, order=True)
class Place:
    """A position in a text: the file's path relative to its root (or a name such as "query"),
    and the 1-based line and column in it; 0 means that it is not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class Severity(Enum):
    """The three severities of SHACL section 2.1.4. Only a violation fails a check."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Related:
    """Something that a finding rests on, and where it is written; nowhere where it was inferred."""

    text: str
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True)
class Finding:
    """One thing that a check found wrong.

    `check` names the check that found it, `node` the resource it is about (as a CURIE or an IRI,
    empty where there is none), `message` what is wrong, `remedy` what the curator should type.
    `related` is what it rests on, such as axiom, facts and proof of a contradiction. Findings of one `kind`
    differ in nothing but what they are about; without one, those of one check with one message do.
    `statement` is the N-Triples line that it is about, until somebody who knows the files has found its
    place.
    """

    check: str
    place: Place
    message: str
    remedy: str
    node: str = ""
    severity: Severity = Severity.VIOLATION
    related: tuple[Related, ...] = ()
    kind: str = ""
    statement: str = ""

    def __str__(self) -> str:
        about = f" {self.node}:" if self.node else ""
        return f"{self.place}: {self.severity.value}: [{self.check}]{about} {self.message} {self.remedy}"


_P = TypeVar("_P", bound="Problem")


class Problem(Exception):
    """The base of all expected failures; anything else that is raised is a bug.

    `detail` says what happened to whom, `remedy` what to do. Over HTTP it becomes a problem
    document (RFC 9457): `title` and `status` stand on the class, in `web.problems`.
    """

    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, detail: str, remedy: str, place: Place | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.detail} {self.remedy}"

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is copied and sent between processes: each class has a constructor of its own."""
        return _restored, (type(self), vars(self))

    def again(self: _P) -> _P:
        """The same problem, to be raised to somebody else."""
        return copy(self)


def _restored(kind: type[_P], values: dict[str, Any]) -> _P:
    problem = kind.__new__(kind)
    problem.__dict__.update(values)
    problem.args = (values.get("detail", ""),)
    return problem


class InputUnreadable(Problem):
    """An input that is not what it is taken for, so that nothing can be said about what it says."""

    title = "The input cannot be read"


class RootInvalid(Problem):
    """A root that must not be served; `findings` lists everything that was found in it."""

    title = "The root is not valid"

    def __init__(self, findings: list[Finding]) -> None:
        if not findings:
            raise ValueError("a root is invalid because of something")
        super().__init__(
            "\n".join(str(finding) for finding in findings),
            "Run `calcigraph check` after mending it.",
        )
        self.findings = findings


class EnvironmentProblem(Problem):
    """Something outside the root stands in the way: a port, a file system, a missing program."""

    title = "The environment does not allow it"


_SAYABLE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EMFILE,
        errno.ENFILE,
        errno.EIO,
    }
)


def no_room(error: Exception) -> EnvironmentProblem:
    """What to say where a file for this program's own use could not be written. No path is in it."""
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if number in _SAYABLE else "there is no folder with room for them"
    return EnvironmentProblem(
        f"Files that this program needs for a while cannot be written: {reason}.",
        "Make room, or name a folder on a disk with room in TMPDIR and in XDG_CACHE_HOME.",
    )


class SettingRefused(Problem):
    """A value of a setting that no server can run with; `name` is the setting's."""

    title: ClassVar[str] = "The setting does not fit"

    def __init__(self, name: str, detail: str, remedy: str) -> None:
        super().__init__(detail, remedy)
        self.name = name
