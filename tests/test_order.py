"""What is begun first is there."""

from __future__ import annotations

from pathlib import Path

from order import LONG


def test_each_file_that_is_begun_first_is_there() -> None:
    assert [name for name in LONG if not (Path(__file__).parent / name).is_file()] == []
