"""Options that several verbs share, each said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from calcigraph.root import shipped_root
from calcigraph.settings import ReasonerName, Settings

Command = TypeVar("Command", bound=Callable[..., Any])
_HELP = Settings.documented()


def root_option(command: Command) -> Command:
    """`--root DIR`: the root to work on, by default the one that travels with the package."""
    return click.option(
        "--root",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=shipped_root,
        show_default="the shipped root",
        help="Directory with ontology/, data/ and shapes/.",
    )(command)


def reasoner_option(*, without_none: bool = False) -> Callable[[Command], Command]:
    """`--reasoner NAME`; `infer` has no use for none."""
    names = [name for name in get_args(ReasonerName) if not (without_none and name == "none")]
    return click.option(
        "--reasoner", type=click.Choice(names), default="builtin", show_default=True, help=_HELP["reasoner"]
    )


def setting_option(name: str, *flags: str, **options: Any) -> Callable[[Command], Command]:
    """The option of one setting, with its default and its sentence from the settings table."""
    default = getattr(Settings(), name)
    return click.option(
        *(flags or (f"--{name.replace('_', '-')}",)),
        name,
        default=default,
        show_default=True,
        help=_HELP[name],
        **options,
    )
