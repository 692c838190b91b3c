"""The work of `calcigraph check`: a root in, everything that is wrong with it out."""

from __future__ import annotations

from pathlib import Path

from calcigraph.classification import ReasonerAsked, require
from calcigraph.cli.finding_formats import WRITERS, folded, total
from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, tell
from calcigraph.errors import Finding, Severity
from calcigraph.evaluated_apart import EvaluationStopped, evaluated_apart
from calcigraph.looked_at import LookedAt
from calcigraph.settings import ClassifierName, ReasonerLimits, ReasonerName


def judge(
    folder: Path,
    reasoner: ReasonerName,
    style: str,
    limit_s: float,
    limits: ReasonerLimits | None = None,
    every: bool = False,
    classifier: ClassifierName | None = None,
    documents: Path | None = None,
) -> bool:
    """Print all findings in that style; in text few of a kind, unless `every` one is wanted. Out: whether
    none of them is a violation.

    A file that takes longer than `limit_s` is a finding, the last one. Raises: RootMissing,
    EnvironmentProblem.
    """
    findings: list[Finding] = []
    looked_at: list[LookedAt] = []
    if classifier:
        require()
    reasoner_asked = ReasonerAsked(classifier, limit_s) if classifier else None
    asked = folder, reasoner, limits, reasoner_asked, documents
    with Progress() as progress:
        try:
            for each in evaluated_apart("calcigraph.checks", asked, limit_s, progress.show):
                if isinstance(each, Finding):
                    findings.append(each)
                else:
                    looked_at.append(each)
        except EvaluationStopped as stopped:
            findings.append(stopped.finding)
    shown = findings if every or style != "text" else folded(findings)
    for line in WRITERS[style](shown, looked_at):
        give(f"{line}\n".encode()) if style in ("json", "sarif") else tell(line)
    if style == "text":
        tell(total(findings))
    return not any(finding.severity is Severity.VIOLATION for finding in findings)
