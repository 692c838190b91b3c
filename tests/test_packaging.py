"""The wheel carries the root: built through the sdist, installed in a clean environment, and asked."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
FLAGSHIP = "what-inhibits-arterial-calcification-via-k2"


def interpreters() -> list[str]:
    """This interpreter, and the newest supported one where the machine has it."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    other = shutil.which("python3.13")
    if other and subprocess.run([other, "--version"], capture_output=True, check=False).returncode == 0:
        found.setdefault("3.13", other)
    return list(found.values())


def run(*command: str | Path, cwd: Path | None = None) -> str:
    # What pip has fetched before is taken from the user's cache.
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "XDG_CACHE_HOME"
    }
    if cwd:
        environment["XDG_CACHE_HOME"] = str(cwd / "cache")
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the sdist, which was built from a copy of what is tracked."""
    source = tmp_path_factory.mktemp("source")
    tracked = run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=REPOSITORY
    ).split("\0")
    for name in filter(None, tracked):
        if (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, source / name)
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source)
    (built,) = out.glob("*.whl")
    return built


def pip_for(venv: Path) -> list[str | Path]:
    """The pip of this interpreter, at work in an environment that has none."""
    return [sys.executable, "-m", "pip", "--python", venv / "bin/python"]


@pytest.fixture(scope="module", params=interpreters())
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a clean environment of each interpreter, with what is pinned and the wheel."""
    venv = tmp_path_factory.mktemp("venv")
    run(request.param, "-m", "venv", "--without-pip", venv)
    # To install pip there and to compile what is never imported would take most of the time.
    install = [*pip_for(venv), "install", "--quiet", "--no-deps", "--no-compile"]
    run(*install, "--require-hashes", "-r", REPOSITORY / "requirements/run.txt")
    run(*install, wheel)
    return venv / "bin"


def test_an_installed_wheel_answers_the_flagship_question(installed: Path, tmp_path: Path) -> None:
    answer = run(installed / "calcigraph", "ask", FLAGSHIP, "--format", "csv", cwd=tmp_path)

    recorded = (REPOSITORY / f"ontology/questions/{FLAGSHIP}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert rows
    assert rows == list(csv.DictReader(io.StringIO(recorded)))


def test_the_wheel_carries_the_report_of_the_suites(wheel: Path) -> None:
    report = (REPOSITORY / "server/calcigraph/conformance.ttl").read_bytes()
    assert zipfile.ZipFile(wheel).read("calcigraph/conformance.ttl") == report


def test_the_lock_is_complete(installed: Path) -> None:
    """What is pinned satisfies what the package asks for, with no distribution left unpinned."""
    run(*pip_for(installed.parent), "check")
