"""`calcigraph validate`: RDF files and shapes in, a SHACL report out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.terms import show_term
from calcigraph.validation import Report
from calcigraph.validation import validate as run
from calcigraph.validation.paths import Paths

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
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "turtle", "json"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
def validate(files: tuple[Path, ...], shape_files: tuple[Path, ...], style: str) -> None:
    """Check FILE… against shapes and print the SHACL validation report.

    Exits with 1 where they do not conform.
    """
    data, shapes = read_files(files), read_files(shape_files)
    report = run(data.triples, shapes.triples)
    if style == "turtle":
        click.echo(report.to_turtle(data.prefixes), nl=False)
    elif style == "json":
        click.echo(json.dumps(_values(report), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(report, data.prefixes)))
    if not report.conforms:
        sys.exit(1)


def _text(report: Report, prefixes: Prefixes) -> list[str]:
    paths = Paths(report.paths)
    lines = [
        "The data conform." if report.conforms else f"The data do not conform: {len(report.results)} results."
    ]
    for result in report.results:
        path = f" {paths.show(result.path, prefixes)}" if result.path is not None else ""
        value = f" (found {show_term(result.value, prefixes)})" if result.value is not None else ""
        focus = show_term(result.focus_node, prefixes)
        lines.append(f"{result.severity.value}: {focus}{path}: {result.message}{value}")
    return lines


def _values(report: Report) -> dict[str, object]:
    return {
        "conforms": report.conforms,
        "results": [
            {
                "focusNode": str(r.focus_node),
                "path": str(r.path) if r.path is not None else None,
                "value": str(r.value) if r.value is not None else None,
                "sourceShape": str(r.source_shape),
                "constraint": str(r.constraint),
                "severity": r.severity.value,
                "messages": [message.value for message in r.messages],
            }
            for r in report.results
        ],
    }
