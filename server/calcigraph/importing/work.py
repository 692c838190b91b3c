"""`python -m calcigraph.importing.work DESCRIPTOR`: files in, a root with what they say, and lines that tell
what was done, out. In a process of its own, because what a file of RDF takes to read is not known before."""

from __future__ import annotations

from collections.abc import Iterator

from calcigraph.evaluated_apart import answer as answer_apart
from calcigraph.importing.adding import Import, added
from calcigraph.importing.new_root import NewRoot, created


def run(asked: Import | NewRoot) -> Iterator[str]:
    """Do what is asked, and tell it in lines. Raises: a Problem; then nothing has been written."""
    return created(asked) if isinstance(asked, NewRoot) else added(asked)


if __name__ == "__main__":
    answer_apart(run)
