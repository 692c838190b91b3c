"""The work of `calcigraph validate`: RDF files and shapes in, a SHACL report out."""

from __future__ import annotations

import json
from pathlib import Path

from calcigraph.cli.streams import give, tell
from calcigraph.cli.verbs.options import Style
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.terms import show_term
from calcigraph.validation import Report, validate
from calcigraph.validation.paths import Paths


def print_report(files: tuple[Path, ...], shape_files: tuple[Path, ...], style: Style | GraphFormat) -> bool:
    """Print what validating the files against the shapes gave. Out: whether they conform.

    Raises: what is wrong with a file or a shape.
    """
    data, shapes = read_files(files), read_files(shape_files)
    report = validate(data.triples, shapes.triples)
    if isinstance(style, GraphFormat):
        give(serialise(report.to_triples(), style, report.prefixes(data.prefixes)))
    elif style.key == "json":
        give((json.dumps(_values(report), ensure_ascii=False, indent=2) + "\n").encode())
    else:
        tell("\n".join(_text(report, data.prefixes)))
    return report.conforms


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
