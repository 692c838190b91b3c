"""What full-text search and SERVICE can fail by, as Problems; a worker sends them by the name of their class.

Each is made of a detail, a remedy and a place alone, so that it can cross from one process to another.
"""

from __future__ import annotations

from typing import ClassVar

from calcigraph.errors import Problem


class SearchMalformed(Problem):
    """A full-text search that cannot be understood, or stands where it cannot be answered."""

    title: ClassVar[str] = "The text search is not well-formed"


class SearchTooBroad(Problem):
    """A full-text search that finds more than it may hand over."""

    title: ClassVar[str] = "The text search finds too much"


class SearchUnavailable(Problem):
    """There is no index of the text: the machine cannot build one, or the text is too long for it."""

    title: ClassVar[str] = "Text search is not available"


class ServiceUndetermined(Problem):
    """A SERVICE clause whose variable is bound nowhere, so that no service is named."""

    title: ClassVar[str] = "It is not clear which service to ask"


class ServiceAnswerUnusable(Problem):
    """The answer of another service is no table of solutions, or is too large."""

    title: ClassVar[str] = "Another service gave no usable answer"


class CorrectionRefused(Problem):
    """A query that the engine would answer wrongly, in a way that cannot be corrected here."""

    title: ClassVar[str] = "The query is not answered, because the answer would be wrong"


class RewritingTooLong(Problem):
    """A query that becomes too long once what was found or fetched for it is put into its text."""

    title: ClassVar[str] = "The query becomes too long"
