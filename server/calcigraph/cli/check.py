"""The work of `calcigraph check`: a root in, everything that is wrong with it out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, tell
from calcigraph.errors import Finding, Severity
from calcigraph.evaluated_apart import EvaluationStopped, evaluated_apart
from calcigraph.settings import ReasonerName


def judge(folder: Path, reasoner: ReasonerName, style: str, limit_s: float) -> bool:
    """Print all findings in that style. Out: whether none of them is a violation.

    A file that takes longer than `limit_s` is a finding, the last one. Raises: RootMissing,
    EnvironmentProblem.
    """
    findings: list[Finding] = []
    looked_at = ""
    with Progress() as progress:
        try:
            for each in evaluated_apart("calcigraph.checks", (folder, reasoner), limit_s, progress.show):
                if isinstance(each, Finding):
                    findings.append(each)
                else:
                    looked_at = each.looked_at
        except EvaluationStopped as stopped:
            findings.append(stopped.finding)
    if style == "text" and looked_at:
        tell(looked_at[0].upper() + looked_at[1:])
    for line in _STYLES[style](findings):
        give(f"{line}\n".encode()) if style == "json" else tell(line)
    return not any(finding.severity is Severity.VIOLATION for finding in findings)


def _text(findings: list[Finding]) -> list[str]:
    lines = [str(finding) for finding in findings]
    violations = sum(finding.severity is Severity.VIOLATION for finding in findings)
    return [*lines, f"{violations} violations, {len(findings) - violations} other findings"]


def _json(findings: list[Finding]) -> list[str]:
    values = [
        {
            "check": f.check,
            "file": f.place.file,
            "line": f.place.line or None,
            "column": f.place.column or None,
            "node": f.node or None,
            "severity": f.severity.value,
            "message": f.message,
            "remedy": f.remedy,
        }
        for f in findings
    ]
    return [json.dumps(values, ensure_ascii=False, indent=2)]


def _github(findings: list[Finding]) -> list[str]:
    """Workflow commands, which put a finding beside its line in a review."""
    level = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    return [
        f"::{level[f.severity]} file={f.place.file},line={f.place.line or 1},title={f.check}::"
        + f"{f.node} {f.message} {f.remedy}".strip()
        .replace("%", "%25")
        .replace("\r", "%0D")
        .replace("\n", "%0A")
        for f in findings
    ]


_STYLES: dict[str, Callable[[list[Finding]], list[str]]] = {"text": _text, "json": _json, "github": _github}
