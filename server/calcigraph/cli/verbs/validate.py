"""`calcigraph validate`: RDF files and shapes in, a SHACL report out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from calcigraph.cli.verbs.options import Style, format_option, setting_option
from calcigraph.rdf.formats import GRAPHS, GraphFormat

TEXT, JSON = Style("text"), Style("json")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option(
    "--shapes",
    "shape_files",
    metavar="FILE",
    multiple=True,
    required=True,
    type=_FILE,
    help="A file of shapes; may be given several times.",
)
@format_option("text", "How the report is written.", (TEXT, JSON, *GRAPHS))
@setting_option("file_timeout")
def validate(
    files: tuple[Path, ...],
    shape_files: tuple[Path, ...],
    style: tuple[Style | GraphFormat],
    file_timeout: float,
) -> None:
    """Check FILE… against shapes and print the SHACL validation report.

    Exits with 1 where they do not conform, and with 2 where a file or a shape cannot be read.
    """
    from calcigraph.cli.validate import print_report

    if not print_report(files, shape_files, style[0], file_timeout):
        sys.exit(1)
