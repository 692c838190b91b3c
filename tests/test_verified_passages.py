"""`calcigraph check --documents`: passages held against the files that they are from.

The digests are worked out here by hashlib over strings that are written out, not by the code under test.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from calcigraph.edition import assemble
from calcigraph.errors import Finding, Severity
from calcigraph.looked_at import LookedAt
from calcigraph.passages import document_findings
from calcigraph.root import Root
from datasets import dataset_of
from suites import shared

TEXT = "Pumps\nA pump 🚰 that runs dry wears out ½ soon.\nIt needs grease.\n"
SECOND = "A pump 🚰 that runs dry wears out ½ soon."  # from 6 to 46 in code points; UTF-16 would end at 47
HEAD = """
@prefix : <https://example.org/plant/id/> .
@prefix srv: <https://w3id.org/calcigraph/server#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<https://example.org/plant/set> a <http://www.w3.org/ns/dcat#Dataset> ;
  <http://rdfs.org/ns/void#uriSpace> "https://example.org/plant/" .
"""


def digest(text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    return f"sha-256 {hashlib.sha256(content).hexdigest()}"


def said(start: object = 6, end: object = 46, text: str = digest(SECOND), file: str = digest(TEXT)) -> str:
    """A document and one passage of it."""
    ends = {name: value for name, value in (("start", start), ("end", end)) if value != ""}
    range_ = "".join(f"; oa:{name} {value} " for name, value in ends.items())
    of_file = f'; srv:fileDigest "{file}" ' if file else ""
    of_text = f'; srv:textDigest "{text}" ' if text else ""
    return (
        f':manual dcterms:identifier "manual.txt" {of_file}.\n'
        f":line-2 srv:partOf :manual {of_text}; oa:hasSelector [ a oa:TextPositionSelector {range_}] .\n"
    )


Judge = Callable[[str, dict[str, bytes]], tuple[list[Finding], LookedAt]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def judged(data: str, files: dict[str, bytes]) -> tuple[list[Finding], LookedAt]:
        root, folder = tmp_path / "root", tmp_path / "documents"
        (root / "data").mkdir(parents=True)
        (root / "data" / "all.ttl").write_text(HEAD + data, encoding="utf-8")
        folder.mkdir()
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        *findings, looked_at = document_findings(assemble(Root.open(root)).edition, folder)
        assert isinstance(looked_at, LookedAt)
        return [each for each in findings if isinstance(each, Finding)], looked_at

    return judged


def test_a_passage_that_stands_where_it_says_is_verified_wherever_below_the_folder_the_file_is(
    judge: Judge,
) -> None:
    findings, looked_at = judge(said(), {"old/manual.txt": TEXT.encode(), "other.txt": b"\xff"})

    assert findings == []
    assert looked_at.looked_at == "Documents: 1 of 1 document found, 1 of 1 passage verified."
    assert looked_at.numbers == {"documents": 1, "documentsFound": 1, "passages": 1, "passagesVerified": 1}


@pytest.mark.parametrize(
    "content",
    [
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["CRLF", "CR", "BOM", "both"],
)
def test_other_ends_of_lines_and_a_byte_order_mark_are_told_and_change_no_passage(
    judge: Judge, content: bytes
) -> None:
    findings, looked_at = judge(said(), {"manual.txt": content})

    (finding,) = findings
    assert finding.severity is Severity.WARNING
    assert "the same text" in finding.message
    assert f'srv:fileDigest "{digest(content)}"' in finding.remedy
    assert looked_at.numbers["passagesVerified"] == 1


# What is said, what stands in the file, and a part of what is told and of what to type.
WRONG = {
    "stands elsewhere": (said(0, 40), TEXT, "characters 0 to 40", "type oa:start 6 ; oa:end 46"),
    "counted in UTF-16": (said(6, 47), TEXT, "characters 6 to 47", digest(TEXT[6:47])),
    "another text": (
        said(),
        TEXT.replace("soon", "late"),
        "is not what was read",
        digest("A pump 🚰 that runs")[:8],
    ),
    "another normal form": (
        said(0, 2, digest("\u00e9!")),
        "e\u0301!",
        "is not what was read",
        digest("e\u0301"),
    ),
    "out of range": (
        said(6, 460),
        TEXT,
        f"ends at character 460, and the document has {len(TEXT)}",
        "within",
    ),
    "out of range, and elsewhere": (said(46, 86), TEXT, "ends at character 86", "oa:start 6 ; oa:end 46"),
    "no end": (said(6, ""), TEXT, "says no range", "oa:start 0 ; oa:end 120"),
    "turned": (said(46, 6), TEXT, "says no range", "oa:start 0 ; oa:end 120"),
    "negative": (said(-6, 46), TEXT, "says no range", "oa:start 0 ; oa:end 120"),
    "no number": (said('"six"', 46), TEXT, "says no range", "oa:start 0 ; oa:end 120"),
    "endless number": (said("9" * 5000, "9" * 5000), TEXT, "says no range", "oa:start 0 ; oa:end 120"),
    "no digest of the text": (said(text=""), TEXT, "no digest of its text", digest(SECOND)),
    "digest by another function": (said(text="md5 00"), TEXT, "is not what was read", digest(SECOND)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_match_is_told_with_what_to_type(judge: Judge, name: str) -> None:
    data, text, message, remedy = WRONG[name]
    data = data.replace(digest(TEXT), digest(text))

    findings, looked_at = judge(data, {"manual.txt": text.encode()})

    (finding,) = findings
    assert (finding.check, finding.severity) == ("documents", Severity.VIOLATION)
    assert finding.node.endswith("line-2>") or finding.node.endswith("line-2")
    assert finding.place.file == "data/all.ttl"
    assert message in finding.message
    assert remedy in finding.remedy
    assert looked_at.numbers["passagesVerified"] == 0


def test_a_file_that_is_not_the_one_that_was_read_is_told_even_where_its_passages_are(judge: Judge) -> None:
    content = TEXT.encode() + b"More.\n"

    findings, looked_at = judge(said(), {"manual.txt": content})

    (finding,) = findings
    assert finding.severity is Severity.VIOLATION
    assert "another digest" in finding.message
    assert digest(content) in finding.remedy
    assert looked_at.numbers["passagesVerified"] == 1


def test_a_document_without_a_digest_is_told_the_digest(judge: Judge) -> None:
    findings, _ = judge(said(file=""), {"manual.txt": TEXT.encode()})

    assert [finding.remedy for finding in findings] == [
        f'If the file is the one that was read, type srv:fileDigest "{digest(TEXT)}".'
    ]


def test_a_missing_document_is_a_warning_and_a_violation_where_all_miss(judge: Judge) -> None:
    findings, looked_at = judge(said(), {"another.txt": TEXT.encode()})

    assert [finding.severity for finding in findings] == [Severity.WARNING, Severity.VIOLATION]
    assert 'is called "manual.txt", so 1 passage of it cannot be verified' in findings[0].message
    assert "nothing was verified" in findings[1].message
    assert looked_at.looked_at == "Documents: 0 of 1 document found, 0 of 1 passage verified."


def test_a_document_that_is_there_twice_is_refused(judge: Judge) -> None:
    findings, _ = judge(said(), {"manual.txt": TEXT.encode(), "old/manual.txt": TEXT.encode()})

    assert "More than one file" in findings[0].message
    assert findings[0].severity is Severity.VIOLATION


def test_a_document_that_is_no_utf_8_is_refused(judge: Judge) -> None:
    findings, _ = judge(said(), {"manual.txt": TEXT.encode("utf-16")})

    assert "is not UTF-8: byte 0" in findings[0].message


def test_a_root_without_selectors_says_what_to_type(judge: Judge) -> None:
    findings, _ = judge("", {"manual.txt": TEXT.encode()})

    assert [finding.message for finding in findings] == [
        "No document of the root has a digest, and no passage says where it stands."
    ]


def check(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calcigraph", "check", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_reads_documents_only_where_it_is_asked_and_refuses_what_is_no_directory(
    tmp_path: Path,
) -> None:
    root, folder = tmp_path / "root", tmp_path / "documents"
    (root / "data").mkdir(parents=True)
    (root / "data" / "all.ttl").write_text(HEAD + said(0, 40), encoding="utf-8")
    folder.mkdir()
    (folder / "manual.txt").write_text(TEXT, encoding="utf-8")

    asked = check("--root", root, "--documents", folder)
    unasked = check("--root", root)
    nowhere = check("--root", root, "--documents", folder / "manual.txt")

    assert asked.returncode == 1
    assert "[documents]" in asked.stdout
    assert "Documents: 1 of 1 document found, 0 of 1 passage verified." in asked.stdout
    assert "ocuments" not in unasked.stdout
    assert nowhere.returncode == 2
    assert "--documents" in nowhere.stderr


def test_each_passage_of_the_shipped_root_stands_where_it_says() -> None:
    edition = dataset_of("shipped")
    findings = list(document_findings(edition, shared() / "seeds"))

    assert [each for each in findings if isinstance(each, Finding)] == []
    assert findings[-1].numbers["passagesVerified"] == 122  # type: ignore[union-attr]
