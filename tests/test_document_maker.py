"""The process that makes a large document: what nobody expected to go wrong there is told."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

import pytest

from calcigraph.root import Root
from calcigraph.store.document_contents import Dump
from calcigraph.store.document_maker import Job, Maker, MakerLimits
from calcigraph.store.document_problems import DocumentLost
from conftest import ROOTS


def test_a_failure_that_nobody_expected_is_one_event_that_names_no_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The edition's files are gone, which nobody takes away while it is there."""
    job = Job(
        Root.open(ROOTS["toy"]),
        0,
        tmp_path / "gone",
        Dump("n-quads"),
        tmp_path / "made",
        None,
        MakerLimits(seconds=120.0, memory_mib=1024, file_mib=10),
    )
    with closing(Maker(job)) as maker, caplog.at_level(logging.ERROR), pytest.raises(DocumentLost):
        maker.result()
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("a document could not be made: ")
    assert "\n" not in said
    assert str(tmp_path) not in said
