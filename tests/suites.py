"""Where the W3C test suites and the source documents are: beside the clone, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SUITES = Path(os.environ.get("CALCIGRAPH_SUITES") or ROOT.parent / "shared" / "suites")


def suite(name: str) -> Path | None:
    """The folder of one suite, None where it is not there."""
    folder = SUITES / name
    return folder if folder.is_dir() else None


def needs(name: str) -> pytest.MarkDecorator:
    """Skip where a suite is missing, and say what would bring it."""
    return pytest.mark.skipif(
        suite(name) is None,
        reason=f"the suite {name}/ is not here: name its parent folder in CALCIGRAPH_SUITES",
    )


def shared() -> Path:
    """The folder with the source documents (seeds/) and what was read of the literature (domain/)."""
    folder = Path(os.environ.get("CALCIGRAPH_SHARED") or ROOT.parent / "shared")
    if not ((folder / "seeds").is_dir() and (folder / "domain").is_dir()):
        pytest.skip(
            "name the folder with seeds/ and domain/ in CALCIGRAPH_SHARED, or put it beside the clone"
        )
    return folder
