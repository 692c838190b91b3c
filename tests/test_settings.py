"""The table of settings: what stands in it is an option, is read, and has its default nowhere else."""

from __future__ import annotations

import ast
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import pytest

from calcigraph.pool import QueryLimits
from calcigraph.reasoning import Limits
from calcigraph.settings import ReasonerLimits, Settings, setting
from suites import ROOT

PACKAGE = ROOT / "server" / "calcigraph"
# What of the settings bounds a query, under the name that the pool gives it.
BOUNDS = {
    "workers": "workers",
    "timeout": "timeout_s",
    "worker_memory_mib": "memory_mib",
    "query_bytes": "query_bytes",
}


@cache
def read_names() -> frozenset[str]:
    """The names that some module reads of its settings."""
    return frozenset(
        node.attr
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            "settings" in ast.unparse(node.value).lower().split(".")[-1]
            or (path.name == "settings.py" and ast.unparse(node.value) == "self")
        )
    )


def unread(table: type[Settings]) -> list[str]:
    return [field.name for field in fields(table) if field.name not in read_names()]


def test_every_setting_is_read() -> None:
    assert unread(Settings) == []


def test_a_setting_that_nothing_reads_is_noticed() -> None:
    @dataclass(frozen=True)
    class More(Settings):
        moon_phase: int = setting(0, "Phase of the moon.")

    assert unread(More) == ["moon_phase"]


def test_the_pool_has_its_defaults_from_the_settings() -> None:
    assert QueryLimits.of(Settings()) == QueryLimits()


@pytest.mark.parametrize("name", BOUNDS)
def test_what_is_set_reaches_the_pool(name: str) -> None:
    changed = replace(Settings(), **{name: getattr(Settings, name) + 1})

    limits = QueryLimits.of(changed)

    assert getattr(limits, BOUNDS[name]) == getattr(Settings, name) + 1
    assert replace(limits, **{BOUNDS[name]: getattr(Settings, name)}) == QueryLimits()


def test_the_bounds_of_the_reasoner_are_those_of_the_settings() -> None:
    assert Limits is ReasonerLimits


def test_no_option_or_limit_repeats_a_default_of_a_setting() -> None:
    """A number or text of the table that stands again where settings are turned into something else."""
    defaults = {
        repr(field.default) for field in fields(Settings) if field.default not in ("", (), 2, 4, False)
    }
    for name in (
        "cli/verbs/serve.py",
        "cli/verbs/options.py",
        "cli/serve.py",
        "store/local.py",
        "pool/query_limits.py",
    ):
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
        constants = {repr(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert constants & defaults == set(), name


def test_limits_are_made_of_settings_in_one_place() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "QueryLimits" and node.keywords
    }
    assert makers == set()
