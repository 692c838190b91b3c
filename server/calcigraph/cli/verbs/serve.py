"""`calcigraph serve`: a root in, a SPARQL endpoint with its pages out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from calcigraph.cli.verbs.options import limits_option, root_option, settings_options
from calcigraph.settings import ReasonerLimits, Settings


@click.command()
@root_option
@settings_options(Settings)
@limits_option
def serve(folder: Path, limits: ReasonerLimits, **values: Any) -> None:
    """Answer SPARQL, explanations and linked data over HTTP, read-only."""
    from calcigraph.processes import FORK_SERVER, start_ahead

    settings = Settings(**values)
    # It loads its modules while this process loads its own.
    start_ahead(*FORK_SERVER)
    from calcigraph.cli.serve import serve_root

    serve_root(folder, settings, limits)
