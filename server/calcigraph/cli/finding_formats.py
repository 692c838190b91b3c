"""Findings in, lines out: text, JSON, SARIF, or the commands of GitHub's workflows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from calcigraph import __version__
from calcigraph.errors import Finding, Place, Severity
from calcigraph.looked_at import LookedAt

# From so many of a kind on, only some are shown.
_FOLDED: Final = 6
_SHOWN: Final = 3
_SARIF: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def folded(findings: Iterable[Finding]) -> list[Finding | str]:
    """The findings in their order, of many of one kind the first three and how many more there are."""
    findings = list(findings)
    totals = Counter(_kind(finding) for finding in findings)
    seen: Counter[object] = Counter()
    shown: list[Finding | str] = []
    for finding in findings:
        kind = _kind(finding)
        seen[kind] += 1
        if totals[kind] < _FOLDED or seen[kind] <= _SHOWN:
            shown.append(finding)
        if totals[kind] >= _FOLDED and seen[kind] == _SHOWN:
            more = totals[kind] - _SHOWN
            shown.append(f"  … and {more} more of this kind; --all or --format json shows each")
    return shown


def _kind(finding: Finding) -> object:
    return finding.check, finding.severity, finding.kind or finding.message


def total(findings: Iterable[Finding]) -> str:
    """How many there are."""
    findings = list(findings)
    violations = sum(finding.severity is Severity.VIOLATION for finding in findings)
    return f"{violations} violations, {len(findings) - violations} other findings"


def _text(findings: Iterable[Finding | str], looked_at: Iterable[LookedAt] = ()) -> list[str]:
    lines: list[str] = []
    for finding in findings:
        lines.append(str(finding))
        lines += [f"    {related}" for related in finding.related] if isinstance(finding, Finding) else []
    return [*lines, *(each.looked_at for each in looked_at)]


def _json(findings: Iterable[Finding | str], looked_at: Iterable[LookedAt] = ()) -> list[str]:
    values = [
        {
            "check": f.check,
            **_place(f.place),
            "node": f.node or None,
            "severity": f.severity.value,
            "message": f.message,
            "remedy": f.remedy,
            "related": [
                {"text": related.text, **(_place(related.place) if related.place else {})}
                for related in f.related
            ],
        }
        for f in findings
        if isinstance(f, Finding)
    ]
    numbers = {name: number for each in looked_at for name, number in each.numbers.items()}
    return [json.dumps({"lookedAt": numbers, "findings": values}, ensure_ascii=False, indent=2)]


def _place(place: Place) -> dict[str, str | int | None]:
    return {"file": place.file, "line": place.line or None, "column": place.column or None}


def _sarif(findings: Iterable[Finding | str], looked_at: Iterable[LookedAt] = ()) -> list[str]:
    """One run of SARIF 2.1.0 (OASIS Standard), in which each check is a rule."""
    found = [finding for finding in findings if isinstance(finding, Finding)]
    rules = [{"id": check} for check in sorted({finding.check for finding in found})]
    driver = {
        "name": "calcigraph",
        "version": __version__,
        "informationUri": "https://w3id.org/calcigraph/",
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The root that was checked."}}},
        "properties": {name: number for each in looked_at for name, number in each.numbers.items()},
        "results": [_sarif_result(finding) for finding in found],
    }
    return [json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)]


def _sarif_result(finding: Finding) -> dict[str, Any]:
    text = f"{finding.node}: {finding.message}" if finding.node else finding.message
    return {
        "ruleId": finding.check,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": f"{text} {finding.remedy}"},
        "locations": [{"physicalLocation": _physical(finding.place)}],
        "relatedLocations": [
            {
                "message": {"text": related.text},
                **({"physicalLocation": _physical(related.place)} if related.place else {}),
            }
            for related in finding.related
        ],
    }


def _physical(place: Place) -> dict[str, Any]:
    # The path is a URI reference (section 3.4.3); a region counts from one.
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file), "uriBaseId": "ROOT"}}
    if place.line:
        column = {"startColumn": place.column} if place.column else {}
        where["region"] = {"startLine": place.line, **column}
    return where


_SARIF_LEVELS: Final = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_IN_MESSAGES: Final = "%\r\n"
_IN_PROPERTIES: Final = _IN_MESSAGES + ":,"
_GITHUB_LEVELS: Final = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def _github(findings: Iterable[Finding | str], _looked_at: Iterable[LookedAt] = ()) -> list[str]:
    """Workflow commands, which put a finding beside its line in a review."""
    return [
        f"::{_GITHUB_LEVELS[f.severity]} file={_escaped(f.place.file, _IN_PROPERTIES)},"
        f"line={f.place.line or 1},title={f.check}::"
        + _escaped(f"{f.node} {f.message} {f.remedy}".strip(), _IN_MESSAGES)
        for f in findings
        if isinstance(f, Finding)
    ]


def _escaped(text: str, marks: str) -> str:
    """What a workflow command says, and the values of its properties (GitHub's toolkit, `command.ts`)."""
    return text.translate({ord(mark): f"%{ord(mark):02X}" for mark in marks})


_Writer: TypeAlias = Callable[..., list[str]]
WRITERS: Final[Mapping[str, _Writer]] = MappingProxyType(
    {"text": _text, "json": _json, "sarif": _sarif, "github": _github}
)
"""How findings are written, by the name that `--format` has for it."""
