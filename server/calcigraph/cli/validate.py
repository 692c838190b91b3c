"""The work of `calcigraph validate`: RDF files and shapes in, a SHACL report out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, tell
from calcigraph.cli.verbs.options import Style
from calcigraph.evaluated_apart import evaluated_apart
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.terms import show_term
from calcigraph.validation.paths import Paths
from calcigraph.validation.report import Report

_WORK: Final = "calcigraph.validation.of_files"


def print_report(
    files: tuple[Path, ...], shape_files: tuple[Path, ...], style: Style | GraphFormat, limit_s: float
) -> bool:
    """Print what validating the files against the shapes gave. Out: whether they conform.

    Raises: what is wrong with a file or a shape; EvaluationStopped for a shape that takes longer than
    `limit_s`.
    """
    with Progress() as progress:
        found = evaluated_apart(_WORK, (files, shape_files), limit_s, progress.show)
        report, prefixes = next(found)
    if isinstance(style, GraphFormat):
        give(serialise(report.to_triples(), style, report.prefixes(prefixes)))
    elif style.key == "json":
        give((json.dumps(_values(report), ensure_ascii=False, indent=2) + "\n").encode())
    else:
        tell("\n".join(_text(report, prefixes)))
    return bool(report.conforms)


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
