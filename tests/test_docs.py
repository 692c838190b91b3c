"""What the documentation promises: every setting, verb and route is in it, and its commands run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from calcigraph.cli import VERBS, calcigraph
from calcigraph.settings import Settings

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def command(verb: str) -> click.Command:
    found = calcigraph.get_command(click.Context(calcigraph), verb)
    assert found is not None
    return found


def test_every_setting_stands_in_the_readme_with_its_default_and_sentence() -> None:
    for name, sentence in Settings.documented().items():
        default = getattr(Settings(), name)
        row = (
            f"| `--{name.replace('_', '-')}` | `{default}` | {sentence} |"
            if default != ""
            else f"| `--{name}` | | {sentence} |"
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
    spoken = set(
        re.findall(
            r"`calcigraph ([a-z]+)", README + (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
        )
    )

    assert spoken
    assert spoken <= set(VERBS)


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
    home = re.compile(r"/(?:home|Users|root|work)/[A-Za-z]")
    for path in texts:
        if path.is_file() and path != Path(__file__):
            assert not home.search(path.read_text(encoding="utf-8")), path
