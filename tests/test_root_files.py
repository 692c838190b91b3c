"""The query files of a root: what each says, and what is told of one that does not say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.errors import RootInvalid, Severity
from calcigraph.root import Root

RULE = "#+ rule: Built.\n#+ stage: after\nCONSTRUCT {} WHERE {}"
LINT = "#+ message: It lacks.\n#+ remedy: Add it.\nSELECT ?s {}"
QUESTION = '#+ question: Why?\n#+ note: One.\n#+ note: Two.\n#+ must not: ?a = id:b; $c = "d"\nSELECT ?a {}'
FILES = {
    "ontology/rules/built.rq": RULE,
    "shapes/lint/lacks-info.rq": LINT,
    "ontology/questions/why.rq": QUESTION,
    "ontology/questions/why.csv": 'a,c\r\nx,"y\nz"\r\nv,w\r\n',
}


def root_of(folder: Path, **files: str) -> Root:
    for name, text in {**FILES, **files}.items():
        if text:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return Root.open(folder)


def test_a_rule_a_lint_and_a_question_say_what_their_headers_say(tmp_path: Path) -> None:
    root = root_of(tmp_path)

    (rule,), (lint,), (question,) = root.rules, root.lints, root.questions
    assert (rule.slug, rule.stage, rule.title, rule.text) == ("built", "after", "Built.", RULE)
    assert (lint.slug, lint.severity, lint.file) == ("lacks", Severity.INFO, "")
    assert (lint.message, lint.remedy) == ("It lacks.", "Add it.")
    assert (question.slug, question.question, question.note) == ("why", "Why?", "One. Two.")
    assert question.needs_inference is False
    assert question.must_not == ({"a": "id:b", "c": '"d"'},)
    assert question.rows == [{"a": "x", "c": "y\nz"}, {"a": "v", "c": "w"}]
    assert question.answer_path == "ontology/questions/why.csv"
    assert [question.line_of(row) for row in question.rows] == [3, 4]
    assert question.line_of({"a": "no", "c": "row"}) == 0
    assert root.question("why") is question
    assert root.question("how") is None
    assert (root.namespace, root.is_named) == ("urn:root:", False)


def test_a_question_may_need_inference(tmp_path: Path) -> None:
    root = root_of(tmp_path, **{"ontology/questions/why.rq": "#+ needs: inference\n" + QUESTION})

    assert root.questions[0].needs_inference is True


@pytest.mark.parametrize(
    ("file", "told"),
    {
        ("ontology/rules/built.rq", "CONSTRUCT {} WHERE {}"): ("rules", 1, "when it runs"),
        ("ontology/rules/built.rq", RULE.replace("after", "later")): ("rules", 1, "when it runs"),
        ("ontology/rules/built.rq", RULE + "\n#+ note: Late."): ("rules", 4, "is not read"),
        ("shapes/lint/lacks.rq", LINT): ("lints", 0, "how severe"),
        ("shapes/lint/lacks-grave.rq", LINT): ("lints", 0, "how severe"),
        ("shapes/lint/lacks-info.rq", "#+ message: It.\nSELECT ?s {}"): ("lints", 1, "no remedy"),
        ("shapes/lint/lacks-info.rq", "#+ remedy: Do.\nSELECT ?s {}"): ("lints", 1, "no message"),
        ("shapes/lint/lacks-info.rq", "#+ file: data/no.ttl\n" + LINT): ("lints", 1, "'data/no.ttl'"),
        ("shapes/lint/lacks-info.rq", "#+ mesage: It.\n" + LINT): ("lints", 1, "'mesage'"),
        ("ontology/questions/why.rq", "SELECT ?a {}"): ("questions", 1, "not written out"),
        ("ontology/questions/why.rq", "#+ needs: luck\n" + QUESTION): ("questions", 1, "'luck'"),
        ("ontology/questions/why.rq", QUESTION.replace("must not", "must no")): ("questions", 4, "'must no'"),
        ("ontology/questions/how.rq", QUESTION): ("questions", 0, "no recorded answer"),
        ("ontology/questions/how.csv", "a,c"): ("questions", 0, "without its question"),
    }.items(),
)
def test_a_file_that_does_not_say_what_it_has_to_is_told_with_its_line(
    file: tuple[str, str], told: tuple[str, int, str], tmp_path: Path
) -> None:
    path, text = file
    check, line, words = told

    with pytest.raises(RootInvalid) as raised:
        root_of(tmp_path, **{path: text})

    (finding,) = raised.value.findings
    assert (finding.check, finding.place.file, finding.place.line) == (check, path, line)
    assert words in finding.message
    assert finding.remedy


@pytest.mark.parametrize("path", ["data/a.ttl", "ontology/a.ttl", "shapes/a.ttl"])
@pytest.mark.parametrize(
    ("text", "told"),
    {
        "<urn:a> <urn:b> 1 .\n<urn:a> <urn:b> x:c .": ("syntax", 2),
        "<urn:a> <urn:b> 1 .\n\n<urn:c> <urn:d>": ("syntax", 3),
    }.items(),
)
def test_turtle_that_cannot_be_used_is_told_with_its_line(
    path: str, text: str, told: tuple[str, int], tmp_path: Path
) -> None:
    with pytest.raises(RootInvalid) as raised:
        root_of(tmp_path, **{path: text})

    assert [(f.check, f.place.line) for f in raised.value.findings] == [told]
    assert raised.value.findings[0].place.file == path


@pytest.mark.parametrize("path", [*FILES, "data/a.ttl", "shapes/a.ttl"])
def test_a_file_that_is_not_utf_8_is_told_with_its_line(path: str, tmp_path: Path) -> None:
    root_of(tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_bytes(b"# a\n# b \xff\n")

    with pytest.raises(RootInvalid) as raised:
        Root.open(tmp_path)

    assert [(f.check, f.place.file, f.place.line) for f in raised.value.findings] == [("encoding", path, 2)]
