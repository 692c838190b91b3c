"""What the documentation promises: every setting, verb and route is in it, and its commands run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from calcigraph.cli import VERBS, calcigraph
from calcigraph.settings import Settings
from conftest import Server

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


def command(verb: str) -> click.Command:
    found = calcigraph.get_command(click.Context(calcigraph), verb)
    assert found is not None
    return found


def test_every_setting_stands_in_the_readme_with_its_default_and_sentence() -> None:
    for name, sentence in Settings.documented().items():
        default = getattr(Settings(), name)
        row = (
            f"| `--{name.replace('_', '-')}` | `{default}` | {sentence} |"
            if default not in ("", ())
            else f"| `--{name.replace('_', '-')}` | | {sentence} |"
        )
        assert row in README, row


def test_every_setting_is_an_option_of_serve() -> None:
    options = {parameter.name for parameter in command("serve").params}

    assert set(Settings.documented()) <= options


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_in_the_readme_and_helps(verb: str) -> None:
    assert f"`calcigraph {verb}" in README
    done = subprocess.run(
        [sys.executable, "-m", "calcigraph", verb, "--help"], capture_output=True, text=True, check=True
    )
    for parameter in command(verb).params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", ""), f"{verb} {parameter.name} has no help text"
    assert "Usage: " in done.stdout


def test_the_readme_speaks_of_no_verb_that_is_not_there() -> None:
    spoken = set(re.findall(r"`calcigraph ([a-z]+)", README + CONTRIBUTING))

    assert spoken
    assert spoken <= set(VERBS)


def examples() -> list[tuple[str, list[str]]]:
    """Each curl of the README with the lines of its visible answer."""
    found = re.findall(r"```sh\n(curl .*?)\n```\n```\n(.*?)\n```", README, re.DOTALL)
    return [(command, [line for line in answer.split("\n") if line != "…"]) for command, answer in found]


def test_the_readme_shows_the_answer_and_its_proof() -> None:
    assert [command.count("/explain") for command, _ in examples()] == [0, 1]


@pytest.mark.parametrize(("command", "visible"), examples(), ids=["answer", "proof"])
def test_each_curl_of_the_readme_prints_what_stands_below_it(
    command: str, visible: list[str], servers: Callable[[str], Server]
) -> None:
    here = command.replace("http://127.0.0.1:8000", servers("shipped").base)

    printed = subprocess.run(["bash", "-c", here], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )

    positions = [printed.index(line) for line in visible]
    assert positions == sorted(positions)


def test_the_map_of_changes_names_files_that_are_there() -> None:
    section = CONTRIBUTING.split("## Where a change goes\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    places = re.findall(r"`([\w./]+/[\w./]*|\w+\.md)`", section)
    assert len(rows) >= 10
    assert all("`" in row for row in rows)
    assert len(places) > 2 * len(rows)
    assert [place for place in places if not (REPOSITORY / place).exists()] == []


def test_no_text_of_the_project_carries_a_path_of_a_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    texts = [
        REPOSITORY / name
        for name in tracked
        if name.endswith((".md", ".py", ".ttl", ".rq", ".toml", ".txt", ".cff", "Makefile", "run"))
    ]

    assert texts
    home = re.compile(r"(?<![\w.-])/(?:home|Users|root|work)/[A-Za-z]")
    for path in texts:
        if path.is_file() and path != Path(__file__):
            assert not home.search(path.read_text(encoding="utf-8")), path
