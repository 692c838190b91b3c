"""The mutants: which changes are made, where, and that one that no test notices is told of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mutation.campaign import BaselineFails, Campaign, Limits
from mutation.operators import mutants
from mutation.rooms import Candidate, Room, RoomsFile, RoomsWrong
from suites import ROOT

CORE = {"closure", "maintenance", "proofs", "guard", "cache", "editions", "negotiation", "describe", "root"}


def changes(source: str) -> set[tuple[int, str]]:
    return {(mutant.line, str(mutant)) for mutant in mutants(source.encode())}


@pytest.mark.parametrize(
    ("source", "change"),
    {
        "x = a == b": "a == b -> (a != b)",
        "x = a <= b": "a <= b -> (a < b)",
        "x = a in b": "a in b -> (a not in b)",
        "x = a and b": "a and b -> (b)",
        "x = a or b": "a or b -> (a and b)",
        "x = not a": "not a -> (a)",
        "x = -len(a)": "-len(a) -> (len(a))",
        "x = a - 1": "a - 1 -> (a + 1)",
        "x = a[1:]": "1 -> (2)",
        "x = {'k': True}": "True -> (False)",
        "x = f('k')": "'k' -> ('kx')",
        "x = sorted(a, key=b)": "sorted(a, key=b) -> (sorted(a))",
        "x = [i for i in a if i]": "[i for i in a if i] -> ([i for i in a])",
        "x = a if b else c": "a if b else c -> (c)",
        "x += 1": "x += 1 -> pass",
        "if a: b()": "a -> (not a)",
        "def f():\n  return a": "return a -> return None",
        "def f():\n  a.add(1)": "a.add(1) -> pass",
        "def f():\n  raise a": "raise a -> pass",
        "for i in a:\n  break": "break -> continue",
    }.items(),
)
def test_each_kind_of_change_is_made(source: str, change: str) -> None:
    assert change in {text.replace("(not (a))", "(not a)") for _, text in changes(source)}


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "x: int | None",
        "def f(a: str = b) -> int | None: ...",
        "from a import b",
        "@a(1)\nclass B(C): ...",
        "x = f'{a + 1}'",
        "x = 'A text for people.'",
        "def f():\n  assert a",
        "x = field(repr=y)",
        "__all__ = ['A']",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    assert changes(source) == set()


def test_a_change_touches_its_place_alone() -> None:
    source = "# é\nx = 'é' + y  # a\nz = (a\n     + b)\n".encode()

    (two,) = [m for m in mutants(source) if m.line == 3]

    assert two.apply(source).decode() == "# é\nx = 'é' + y  # a\nz = ((a - b))\n"


def test_no_mutant_is_taken_for_the_one_before_it_in_bytecode(tmp_path: Path) -> None:
    campaign, path = Campaign(tmp_path), tmp_path / "x.py"
    seconds = set()
    for source in (b"x = 1", b"x = 2", b"x = 1"):
        campaign.write(path, source)
        seconds.add(int(path.stat().st_mtime))
    assert path.read_bytes() == b"x = 1"
    assert len(seconds) == 3


def test_every_core_room_stands_in_the_table_and_no_reason_is_stale() -> None:
    rooms = RoomsFile.read(ROOT / "tests" / "mutants.toml", ROOT)

    assert {room.name for room in rooms.rooms} >= CORE
    assert all(len(rooms.candidates([room.name])) > 30 for room in rooms.rooms)
    assert rooms.stale() == []
    assert all(rooms.reasons.values())


@pytest.mark.parametrize("part", ['files = ["nowhere/*.py"]', 'tests = ["test_nowhere.py"]'])
def test_a_room_that_names_nothing_is_an_error(part: str, tmp_path: Path) -> None:
    table = {"files": 'files = ["errors.py"]', "tests": 'tests = ["test_root.py"]'}
    table[part.partition(" ")[0]] = part
    (tmp_path / "mutants.toml").write_text("[[room]]\nname = 'a'\n" + "\n".join(table.values()))

    with pytest.raises(RoomsWrong, match="nowhere"):
        RoomsFile.read(tmp_path / "mutants.toml", ROOT)


def test_a_room_that_there_is_not_is_an_error() -> None:
    with pytest.raises(RoomsWrong, match="'nowhere'"):
        RoomsFile.read(ROOT / "tests" / "mutants.toml", ROOT).candidates(["nowhere"])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of two modules, a test that notices one of two decisions, and one that never ends."""
    root = tmp_path / "repository"
    for name, text in {
        "server/calcigraph/__init__.py": "",
        "server/calcigraph/a.py": "def f(x):\n    y = x > 2\n    return y or x == 7\n",
        "server/calcigraph/b.py": "def g(n):\n    while n > 0:\n        n -= 1\n    return n\n",
        "tests/test_a.py": "from calcigraph.a import f\n\ndef test_f():\n    assert f(3) and not f(1)\n",
        "tests/test_b.py": "from calcigraph.b import g\n\ndef test_g():\n    assert g(3) == 0\n",
        "tests/test_c.py": "def test_c():\n    assert False\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def candidates(root: Path, room: Room) -> dict[str, Candidate]:
    found = [Candidate(room, file, m) for file in room.files for m in mutants((root / file).read_bytes())]
    return {str(candidate.mutant): candidate for candidate in found}


def test_what_tests_notice_is_killed_and_what_they_do_not_survives(repository: Path, tmp_path: Path) -> None:
    room = Room("a", ("server/calcigraph/a.py",), ("test_a.py",))
    known = candidates(repository, room)

    campaign = Campaign.prepare(repository, tmp_path / "copy", [room])

    assert campaign.judge(known["return y or x == 7 -> return None"]).survived is False
    assert campaign.judge(known["x == 7 -> (x != 7)"]).survived is False
    assert campaign.judge(known["7 -> (8)"]).survived is True
    copied = tmp_path / "copy/server/calcigraph/a.py"
    assert copied.read_text() == (repository / "server/calcigraph/a.py").read_text()


@pytest.mark.parametrize("limits", [Limits(2.0, 300.0), Limits(300.0, 3.0)])
def test_a_mutant_that_never_ends_counts_as_noticed(repository: Path, tmp_path: Path, limits: Limits) -> None:
    room = Room("b", ("server/calcigraph/b.py",), ("test_b.py",))
    campaign = Campaign.prepare(repository, tmp_path / "copy", [room])
    campaign.limits["b"] = limits

    verdict = campaign.judge(candidates(repository, room)["n -= 1 -> pass"])

    assert (verdict.survived, verdict.timed_out) == (False, True)


def test_tests_that_fail_without_a_mutant_are_an_error(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(BaselineFails, match=r"'c'[^$]*FAILED tests/test_c\.py::test_c"):
        Campaign.prepare(repository, tmp_path / "copy", [Room("c", (), ("test_c.py",))])


def test_the_same_seed_draws_the_same_mutants() -> None:
    rooms = RoomsFile.read(ROOT / "tests" / "mutants.toml", ROOT)

    drawn = rooms.draw(40, 3)

    assert rooms.draw(40, 3) == drawn
    assert len(set(drawn)) == 40
    assert len({candidate.room.name for candidate in drawn}) > 4
    assert rooms.draw(40, 4) != drawn


def test_the_command_names_the_room_that_there_is_not() -> None:
    command = [sys.executable, "-m", "mutation", "--room", "nowhere", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "no room 'nowhere'" in done.stderr
