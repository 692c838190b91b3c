"""The work of `calcigraph validate`: RDF files and shapes in, a SHACL report out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from calcigraph.cli.finding_formats import folded
from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, tell
from calcigraph.cli.verbs.options import Style
from calcigraph.errors import Severity
from calcigraph.evaluated_apart import evaluated_apart
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.terms import show_term
from calcigraph.validation.paths import Paths
from calcigraph.validation.queries import ShapesUnreadable
from calcigraph.validation.report import Report, number
from calcigraph.validation.result import Result

_WORK: Final = "calcigraph.validation.of_files"


def print_report(
    files: tuple[Path, ...], shape_files: tuple[Path, ...], style: Style | GraphFormat, limit_s: float
) -> bool:
    """Print what validating the files against the shapes gave. Out: whether they conform.

    Flaws of the shapes go to standard error. Raises: what is wrong with a file; ShapesUnreadable where none
    is found and something could not be judged, so that there is no verdict; EvaluationStopped for a shape
    that takes longer than `limit_s`.
    """
    with Progress() as progress:
        found = evaluated_apart(_WORK, (files, shape_files), limit_s, progress.show)
        report, prefixes, flaws = next(found)
    for line in folded(flaws):
        print(f"calcigraph: {line}", file=sys.stderr)
    if not report.results and any(flaw.severity is Severity.VIOLATION for flaw in report.flaws):
        raise ShapesUnreadable(
            "There is no verdict: of what was judged all conforms, and not all could be.",
            "Mend the shapes as said above.",
        )
    if isinstance(style, GraphFormat):
        give(serialise(report.to_triples(), style, report.prefixes(prefixes)))
    elif style.key == "json":
        give((json.dumps(_values(report), ensure_ascii=False, indent=2) + "\n").encode())
    else:
        tell("\n".join(_text(report, prefixes)))
    return bool(report.conforms)


def _text(report: Report, prefixes: Prefixes) -> list[str]:
    paths = Paths(report.paths)
    if not report.focus_nodes:
        verdict = "Nothing was looked at"
    else:
        verdict = "The data conform" if report.conforms else "The data do not conform"
    results = f"{number(len(report.results), 'result')}; " if report.results else ""
    lines = [f"{verdict}: {results}{report.looked_at}"]
    for result in report.results:
        lines += _lines(result, paths, prefixes)
    return lines


def _lines(result: Result, paths: Paths, prefixes: Prefixes, indent: str = "") -> list[str]:
    path = f" {paths.show(result.path, prefixes)}" if result.path is not None else ""
    value = f" (found {show_term(result.value, prefixes)})" if result.value is not None else ""
    focus = show_term(result.focus_node, prefixes)
    lines = [f"{indent}{result.severity.value}: {focus}{path}: {result.message}{value}"]
    for detail in result.details:
        lines += _lines(detail, paths, prefixes, indent + "  ")
    return lines


def _values(report: Report) -> dict[str, object]:
    return {
        "conforms": report.conforms,
        "shapes": report.shapes,
        "focusNodes": report.focus_nodes,
        "judged": [
            {"engine": each.engine, "shapes": each.shapes, "reason": each.reason or None}
            for each in report.judged
        ],
        "flaws": [
            {
                "node": str(flaw.node) if flaw.node is not None else None,
                "severity": flaw.severity.value,
                "message": flaw.message,
                "remedy": flaw.remedy,
            }
            for flaw in report.flaws
        ],
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, object]:
    return {
        "focusNode": str(result.focus_node),
        "path": str(result.path) if result.path is not None else None,
        "value": str(result.value) if result.value is not None else None,
        "sourceShape": str(result.source_shape),
        "constraint": str(result.constraint),
        "severity": result.severity.value,
        "messages": [message.value for message in result.messages],
        "details": [_result(detail) for detail in result.details],
    }
