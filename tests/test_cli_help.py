"""Help and usage errors of the command line: what they say, and that they wait for nothing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from calcigraph import reasoning
from calcigraph.cli import VERBS, LazyGroup, calcigraph
from calcigraph.cli.verbs.options import settings_options
from calcigraph.settings import Settings, setting

# What takes time to import and what no help needs.
HEAVY = (
    "flask",
    "pyoxigraph",
    "rdflib",
    "numpy",
    "pyshacl",
    "shacl",
    "owlrl",
    "jinja2",
    "uvloop",
    "rich",
    "asyncio",
)
LIST_IMPORTS = """
import sys
from calcigraph.cli import main
sys.argv = ["calcigraph", *sys.argv[1:]]
try:
    main()
finally:
    print("imported:", *sorted(sys.modules), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIST_IMPORTS, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage: " in done.stdout
    return set(done.stderr.partition("imported:")[2].split())


@pytest.mark.parametrize(
    "arguments", [(), *((verb,) for verb in VERBS)], ids=lambda a: "-".join(a) or "group"
)
def test_help_imports_no_library_of_the_work(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments, "--help")

    assert "click" in modules
    assert modules & set(HEAVY) == set()
    assert {name for name in modules if name.startswith("calcigraph.web")} == set()


# What proves and validates, which is done in other processes or by other verbs.
REASONING = {"numpy", "rdflib", "pyshacl", "owlrl", "calcigraph.reasoning.inference"}


def loaded_by(*names: str) -> set[str]:
    program = f"import sys, {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_process_that_answers_queries_is_started_before_the_application_is_imported() -> None:
    """What `serve` imports before it reads the root; the rest it imports while the data are loaded."""
    modules = loaded_by("calcigraph.cli.serve")

    assert {"calcigraph.pool.pool", "calcigraph.root"} <= modules
    assert modules & {"flask", "jinja2", "uvloop", "calcigraph.web.app", *REASONING} == set()


def test_what_serves_imports_no_library_of_reasoning() -> None:
    modules = loaded_by("calcigraph.cli.serve", "calcigraph.web.app", "calcigraph.web.serving.server")

    assert {"flask", "uvloop"} <= modules
    assert modules & REASONING == set()


def test_every_name_of_the_reasoner_is_found_when_it_is_asked_for() -> None:
    assert sorted(name for names in reasoning._HOMES.values() for name in names) == sorted(reasoning.__all__)
    for name in reasoning.__all__:
        assert getattr(reasoning, name) is not None
    with pytest.raises(AttributeError, match="'nonsense'"):
        _ = reasoning.nonsense


def test_every_verb_is_listed_with_the_first_sentence_of_its_help() -> None:
    context = click.Context(calcigraph)
    for name, sentence in VERBS.items():
        verb = calcigraph.get_command(context, name)
        assert verb is not None
        assert (verb.help or "").partition("\n")[0] == sentence
    listed = CliRunner().invoke(calcigraph, ["--help"]).output
    for name, sentence in VERBS.items():
        assert f"  {name}" in listed
        assert sentence in " ".join(listed.split())


def test_a_verb_whose_module_lacks_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERBS, "options", "No verb, but a module that is there.")

    with pytest.raises(LookupError, match=r"verbs\.options defines no command 'options'"):
        LazyGroup().get_command(click.Context(calcigraph), "options")


def test_a_verb_that_there_is_not_is_a_usage_error() -> None:
    done = CliRunner().invoke(calcigraph, ["nonsense"])

    assert done.exit_code == 2
    assert "No such command 'nonsense'" in done.output


def test_a_new_setting_is_an_option_with_its_bounds_and_its_sentence() -> None:
    @dataclass(frozen=True)
    class More(Settings):
        patience: float = setting(2.0, "Seconds of patience.", "SECONDS", least=1)

    @click.command()
    @settings_options(More)
    def verb(**values: object) -> None:
        click.echo(values["patience"])

    assert "Seconds of patience." in CliRunner().invoke(verb, ["--help"]).output
    assert CliRunner().invoke(verb, ["--patience", "3"]).output == "3.0\n"
    assert CliRunner().invoke(verb, ["--patience", "0.5"]).exit_code == 2


def test_a_setting_of_a_type_that_no_option_takes_is_an_error() -> None:
    @dataclass(frozen=True)
    class More(Settings):
        hosts: dict[str, str] = setting(None, "Names of hosts.")

    with pytest.raises(TypeError, match="the setting 'hosts'"):
        settings_options(More)(lambda: None)
