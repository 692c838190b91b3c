"""One file of a root in, its value out; a file that is broken yields findings instead."""

from __future__ import annotations

import csv
import errno
import io
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.diagnosis import NotUtf8, decoded
from calcigraph.root.headers import headers, misread
from calcigraph.root.names import nameless
from calcigraph.root.rdf_file import Broken, RdfFile, StoredContent

Stage = Literal["before", "after"]
# The longest text of an answer: more than the module takes by itself (131,072), and what it can count.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class RuleFile:
    """A CONSTRUCT rule: ahead of the closure or after it, as its `#+ stage:` header says."""

    slug: str
    stage: Stage
    title: str
    text: str
    path: str


@dataclass(frozen=True)
class QuestionFile:
    """A competency question with its whole recorded answer.

    `must_not` holds row patterns, each a mapping of variable name to term text as written in
    the header; no row of the answer may match all bindings of one of them.
    """

    slug: str
    question: str
    note: str
    needs_inference: bool
    must_not: tuple[dict[str, str], ...]
    text: str
    answer: str
    path: str

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """The recorded answer, as read from SPARQL 1.1 CSV (values carry no datatype there)."""
        return csv_rows(self.answer)

    @property
    def answer_path(self) -> str:
        """The path of the recorded answer."""
        return self.path.removesuffix(".rq") + ".csv"

    def line_of(self, row: dict[str, str]) -> int:
        """The line of the recorded answer on which `row` ends; 0 where it is not recorded."""
        reader = csv.DictReader(io.StringIO(self.answer))
        return next((reader.line_num for recorded in reader if recorded == row), 0)


@dataclass(frozen=True)
class LintFile:
    """A query whose every row is a finding, with the texts that tell an editor about it.

    `file` is where to write what a row misses, for rows about something that stands nowhere yet; empty
    where every row names what stands in a file. `at` is the statement that a row is about: a node, a
    predicate and a value, each a variable or a name, of which the last ones may miss. `own` are the variables
    whose values have to be IRIs of the root's own. `asserted` says that it sees only what is asserted.
    One with a `reason` is no query: it switches the built-in lint of its slug off, or gives it another
    severity.
    """

    slug: str
    severity: Severity
    message: str
    remedy: str
    file: str
    text: str
    path: str
    at: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    asserted: bool = False
    reason: str = ""
    is_off: bool = False


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of SPARQL 1.1 CSV. Raises: csv.Error."""
    return list(csv.DictReader(io.StringIO(text)))


def read_bytes(folder: Path, path: str) -> bytes | Broken:
    """The bytes of `path` below `folder`."""
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        return [unreadable(path, error)]


def read_text(folder: Path, path: str) -> str | Broken:
    """The text of `path` below `folder`."""
    raw = read_bytes(folder, path)
    if isinstance(raw, list):
        return raw
    try:
        return decoded(raw, path)
    except NotUtf8 as problem:
        return [Finding("encoding", problem.place or Place(path), problem.detail, problem.remedy)]


def unreadable(path: str, error: OSError) -> Finding:
    """What to say of a file or folder that the system does not let this program read."""
    return Finding(
        "files",
        Place(path),
        f"It cannot be read: {os.strerror(error.errno or errno.EIO)}.",
        "Let the user that runs this program read it, or take it out of the root.",
    )


def read_named_text(folder: Path, path: str) -> str | Broken:
    """The text of a file whose name becomes part of an IRI."""
    text, wrong = read_text(folder, path), nameless(path)
    return [*wrong, *text] if isinstance(text, list) else wrong or text


def read_rdf(folder: Path, path: str, base: str | None) -> RdfFile | Broken:
    """An RDF file, not yet judged beyond its name, where that is the name of a graph."""
    raw, wrong = read_bytes(folder, path), _misnamed(path)
    return [*wrong, *raw] if isinstance(raw, list) else wrong or RdfFile(path, raw, base)


def stored_rdf(path: str, content: StoredContent, base: str | None) -> RdfFile | Broken:
    """An RDF file whose content stays on disk, not yet judged beyond its name."""
    return _misnamed(path) or RdfFile(path, content, base)


def _misnamed(path: str) -> Broken:
    return [] if path.startswith("shapes/") else nameless(path)


_HEADERS = {
    "rules": ("rule", "note", "stage"),
    "lints": ("message", "remedy", "file", "at", "own", "sees", "reason", "note"),
    "questions": ("question", "note", "needs", "must not"),
}


def _misread(check: str, path: str, text: str) -> Broken:
    """A finding where a header of a query file would be passed over; none where all are read."""
    found = misread(text, _HEADERS[check])
    if found is None:
        return []
    line, why = found
    known = ", ".join(f"`#+ {key}: …`" for key in _HEADERS[check])
    return [Finding(check, Place(path, line), f"This header {why}.", f"Begin the file with {known}.")]


def read_rule(folder: Path, path: str) -> RuleFile | Broken:
    """A rule file, which must say its stage."""
    text = read_text(folder, path)
    if not isinstance(text, str):
        return text
    wrong = _misread("rules", path, text)
    if wrong:
        return wrong
    head = headers(text)
    stage = head.get("stage", [""])[0]
    if stage not in get_args(Stage):
        return [
            Finding(
                "rules",
                Place(path, 1),
                "The rule does not say when it runs.",
                "Begin the file with `#+ stage: before` (builds edges ahead of the closure) or "
                "`#+ stage: after` (reads what was inferred).",
            )
        ]
    return RuleFile(Path(path).stem, stage, head.get("rule", [""])[0], text, path)  # type: ignore[arg-type]


def read_lint(folder: Path, path: str) -> LintFile | Broken:
    """A lint query, whose name must carry its verdict and whose head its texts."""
    text = read_text(folder, path)
    if not isinstance(text, str):
        return text
    head = headers(text)
    slug, _, verdict = Path(path).stem.rpartition("-")
    if verdict not in {"off", *(severity.value for severity in Severity)}:
        remedy = "Name the file <slug>-violation.rq, <slug>-warning.rq, <slug>-info.rq or <slug>-off.rq."
        return [Finding("lints", Place(path), "The file's name does not say how severe a row is.", remedy)]
    wrong = _misread("lints", path, text)
    if wrong:
        return wrong
    if verdict == "off" or "reason" in head:
        return _lint_change(path, slug, verdict, text, head)
    file = head.get("file", [""])[0]
    if file and not (folder / file).is_file():
        remedy = "Name a file by its path below the root."
        return [Finding("lints", Place(path, 1), f"There is no file {file!r}.", remedy)]
    missing = [key for key in ("message", "remedy") if not head.get(key)]
    if missing:
        remedy = f"Begin the file with `#+ {missing[0]}: …`."
        return [Finding("lints", Place(path, 1), f"The lint has no {missing[0]}.", remedy)]
    sees = head.get("sees", ["all"])[0]
    if sees not in ("all", "asserted"):
        remedy = "Write `#+ sees: asserted`, or leave the line out."
        return [Finding("lints", Place(path, 1), f"A lint cannot see {sees!r}.", remedy)]
    return LintFile(
        slug,
        Severity(verdict),
        head["message"][0],
        head["remedy"][0],
        file,
        text,
        path,
        at=tuple(head.get("at", [""])[0].split()),
        own=tuple(name.lstrip("?$") for name in head.get("own", [""])[0].split()),
        asserted=sees == "asserted",
    )


def _lint_change(
    path: str, slug: str, verdict: str, text: str, head: dict[str, list[str]]
) -> LintFile | Broken:
    """A file that says nothing but that a built-in lint is off, or has another severity, and why."""
    if not head.get("reason", [""])[0]:
        remedy = "Begin the file with `#+ reason: …`."
        return [Finding("lints", Place(path, 1), "It does not say why the lint is off.", remedy)]
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    query = next((number for number, line in lines if not line.startswith("#")), 0)
    if query or set(head) - {"reason", "note"}:
        remedy = "Leave the query out, or `#+ reason:`."
        return [Finding("lints", Place(path, query or 1), "This is a query and a reason at once.", remedy)]
    is_off = verdict == "off"
    severity = Severity.INFO if is_off else Severity(verdict)
    return LintFile(slug, severity, "", "", "", "", path, reason=head["reason"][0], is_off=is_off)


def _unasked(path: str, head: dict[str, list[str]]) -> Broken:
    """A finding where the headers of a question do not say what it asks, or need what there is not."""
    strange = [need for need in head.get("needs", []) if need != "inference"]
    if strange:
        remedy = "Write `#+ needs: inference`, or leave the line out."
        return [Finding("questions", Place(path, 1), f"A question cannot need {strange[0]!r}.", remedy)]
    if not head.get("question", [""])[0]:
        remedy = "Begin the file with `#+ question: …?`."
        return [Finding("questions", Place(path, 1), "The question is not written out.", remedy)]
    return []


def read_question(folder: Path, path: str) -> QuestionFile | Broken:
    """A question file together with the `.csv` beside it."""
    text = read_named_text(folder, path)
    if not isinstance(text, str):
        return text
    head = headers(text)
    wrong = _misread("questions", path, text) or _unasked(path, head)
    if wrong:
        return wrong
    answer_path = path.removesuffix(".rq") + ".csv"
    if not (folder / answer_path).is_file():
        remedy = f"Write its whole answer into {answer_path}."
        return [Finding("questions", Place(path), "The question has no recorded answer.", remedy)]
    answer = read_text(folder, answer_path)
    if not isinstance(answer, str):
        return answer
    try:
        csv_rows(answer)
    except csv.Error as error:
        return [Finding("questions", Place(answer_path), f"This is no CSV: {error}.", "Quote such values.")]
    return QuestionFile(
        Path(path).stem,
        head["question"][0],
        " ".join(head.get("note", [])),
        "inference" in head.get("needs", []),
        tuple(_pattern(line) for line in head.get("must not", [])),
        text,
        answer,
        path,
    )


def _pattern(line: str) -> dict[str, str]:
    """`?entity = id:a; ?role = "b"` as a mapping of names to term texts."""
    pairs = (part.partition("=") for part in line.split(";") if part.strip())
    return {name.strip().lstrip("?$"): value.strip() for name, _, value in pairs}
