"""Options that several verbs share, and those made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import click

from calcigraph.settings import ReasonerName, Settings, shipped_root

Command = TypeVar("Command", bound=Callable[..., Any])


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
        "--reasoner",
        type=click.Choice(names),
        default=Settings.reasoner,
        show_default=True,
        help=Settings.documented()["reasoner"],
    )


def settings_options(table: type) -> Callable[[Command], Command]:
    """An option for each setting of the table, in its order: `--default-graph` for `default_graph`."""

    def add(command: Command) -> Command:
        hints = get_type_hints(table)
        for row in reversed(fields(table)):
            command = _option(row, hints[row.name])(command)
        return command

    return add


def _option(row: Field[Any], hint: Any) -> Callable[[Command], Command]:
    """One setting as an option. Raises: TypeError for a type that the command line cannot take."""
    bounds = {"min": row.metadata["least"], "max": row.metadata["most"]}
    kind: click.ParamType[Any]
    if get_origin(hint) is Literal:
        kind = click.Choice(get_args(hint))
    elif hint is int:
        kind = click.IntRange(**bounds)
    elif hint is float:
        kind = click.FloatRange(**bounds)
    elif hint in (str, tuple[str, ...]):
        kind = click.STRING
    else:
        raise TypeError(f"the setting {row.name!r} is of a type that no option takes: {hint}")
    return click.option(
        f"--{row.name.replace('_', '-')}",
        row.name,
        type=kind,
        multiple=hint == tuple[str, ...],
        metavar=row.metadata["unit"] or None,
        default=row.default,
        show_default=True,
        help=row.metadata["help"],
    )
