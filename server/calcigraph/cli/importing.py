"""The work of `calcigraph import` and `calcigraph new root`: files in, a root with what they say out."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import tell
from calcigraph.evaluated_apart import evaluated_apart
from calcigraph.importing.adding import Import
from calcigraph.importing.new_root import NewRoot

_WORK: Final = "calcigraph.importing.work"


def import_files(asked: Import | NewRoot, limit_s: float) -> None:
    """Do it, and print what was done.

    Raises: what is wrong with a file or stands in the way; EvaluationStopped for a file that takes longer
    than `limit_s`. Then nothing has been written.
    """
    marked = replace(asked, mark=str(os.getpid()))
    try:
        with Progress() as progress:
            lines = list(evaluated_apart(_WORK, (marked,), limit_s, progress.show))
    finally:
        # A process that was ended had no time to do so.
        marked.remove_unfinished()
    tell("\n".join(lines))
