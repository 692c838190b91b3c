"""`calcigraph new root`: files in, a root around them out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from calcigraph.cli.verbs.options import setting_option


@click.group()
def new() -> None:
    """Make something new: a root around ontologies, data and shapes."""


@new.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument(
    "files", metavar="[FILE…]", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--namespace",
    metavar="IRI",
    default="",
    help="What the root's own IRIs begin with; by default what most of the terms in FILE… do.",
)
@click.option(
    "--base", metavar="IRI", help="What relative IRIs of FILE… are relative to, where they do not say."
)
@setting_option("file_timeout")
def root(
    folder: Path, files: tuple[Path, ...], namespace: str, base: str | None, file_timeout: float
) -> None:
    """Make a root in DIR around FILE…, which are copied into it.

    Turtle is copied as it is, other formats become canonical Turtle. With a prefix table and a catalogue made
    of what the files say, and with a first question. Without FILE… it is empty, and ready to be filled. Exits
    with 2, and writes nothing, where a file cannot be read or DIR is not empty.
    """
    from calcigraph.cli.importing import import_files
    from calcigraph.importing.new_root import NewRoot

    date = datetime.now(UTC).date().isoformat()
    import_files(NewRoot(folder, files, namespace, base, date), file_timeout)
