"""Competency questions: every one is asked, and none could pass on an empty graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.edition import Edition, assemble
from calcigraph.questions import answer, findings
from calcigraph.root import QuestionFile, Root
from calcigraph.store import OfflineEngine
from datasets import dataset_of

HERE = Path(__file__).parent
ROOTS = {"shipped": HERE.parent, "toy": HERE / "toy"}
FOLDER = "ontology/questions"
ASKED = [
    pytest.param(name, path.stem, id=f"{name}-{path.stem}")
    for name, root in ROOTS.items()
    for path in sorted((root / FOLDER).glob("*.rq"))
]


@pytest.fixture(scope="module")
def datasets() -> dict[str, Edition]:
    return {name: dataset_of(name) for name in ROOTS}


@pytest.fixture(scope="module")
def offline(datasets: dict[str, Edition]) -> dict[str, OfflineEngine]:
    return {name: OfflineEngine(dataset) for name, dataset in datasets.items()}


def question(dataset: Edition, slug: str) -> QuestionFile:
    found = dataset.root.question(slug)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ROOTS)
def test_every_question_of_the_folder_is_collected_and_has_its_answer(
    name: str, datasets: dict[str, Edition]
) -> None:
    listed = sorted(path.stem for path in (ROOTS[name] / FOLDER).iterdir() if path.suffix == ".rq")
    answers = sorted(path.stem for path in (ROOTS[name] / FOLDER).iterdir() if path.suffix == ".csv")

    assert listed
    assert listed == answers
    assert listed == sorted(q.slug for q in datasets[name].root.questions)
    assert listed == sorted(p.values[1] for p in ASKED if p.values[0] == name)


@pytest.mark.parametrize(("name", "slug"), ASKED)
def test_the_answer_is_what_is_recorded(
    name: str, slug: str, datasets: dict[str, Edition], offline: dict[str, OfflineEngine]
) -> None:
    asked = question(datasets[name], slug)

    rows = answer(asked, offline[name].csv)

    assert [str(f) for f in findings(asked, rows, datasets[name].root.prefixes, offline[name].csv)] == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> OfflineEngine:
    """A root without a triple."""
    return OfflineEngine(assemble(Root.read(tmp_path_factory.mktemp("empty")), "none").edition)


@pytest.mark.parametrize(("name", "slug"), ASKED)
def test_no_question_can_be_answered_by_an_empty_graph(
    name: str, slug: str, datasets: dict[str, Edition], empty: OfflineEngine
) -> None:
    asked = question(datasets[name], slug)

    rows = answer(asked, empty.csv)

    assert list(findings(asked, rows, datasets[name].root.prefixes, empty.csv))


@pytest.mark.parametrize(("name", "slug"), ASKED)
def test_a_forbidden_row_that_appears_is_found(
    name: str, slug: str, datasets: dict[str, Edition], offline: dict[str, OfflineEngine]
) -> None:
    asked = question(datasets[name], slug)
    rows = answer(asked, offline[name].csv)
    prefixes = datasets[name].root.prefixes

    for pattern in asked.must_not:
        assert set(pattern) <= set(rows[0]), "a pattern on a variable that is not selected could never match"
        expanded = {
            key: str(prefixes.expand(text).value)
            if ":" in text and not text.startswith('"')
            else text.strip('"')
            for key, text in pattern.items()
        }
        intruder = {**rows[0], **expanded}
        assert any(
            "must not appear" in f.message
            for f in findings(asked, [*rows, intruder], prefixes, offline[name].csv)
        )
