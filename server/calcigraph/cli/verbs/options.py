"""Options that several verbs share, and those made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import Field, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import click

from calcigraph.errors import SettingRefused
from calcigraph.numerals import NumeralRefused, integer
from calcigraph.rdf.formats import Format, find
from calcigraph.settings import ReasonerLimits, ReasonerName, Settings, judged, option_of, read, shipped_root

Command = TypeVar("Command", bound=Callable[..., Any])
_BOUNDS: Final = asdict(ReasonerLimits())
# The reasoner counts in 64 bits.
_LARGEST: Final = 10**15


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


def limits_option(command: Command) -> Command:
    """`--limit NAME NUMBER`, to be repeated: the bounds of the reasoner, as one value."""
    return click.option(
        "--limit",
        "limits",
        metavar="NAME NUMBER",
        multiple=True,
        type=(click.Choice(sorted(_BOUNDS)), WholeNumber(0, _LARGEST)),
        callback=_limits_of,
        help="A bound of the reasoner, by default: "
        f"{', '.join(f'{name} {number:,}' for name, number in _BOUNDS.items())}.",
    )(command)


def _limits_of(
    context: click.Context, option: click.Parameter, given: tuple[tuple[str, int], ...]
) -> ReasonerLimits:
    """The bounds of the reasoner that are given, the others by default. Raises: click.BadParameter."""
    for name, number in given:
        # Without copies nothing is left out but what is said of them; nothing is inferred without the others.
        if not number and name != "copies":
            raise click.BadParameter(f"{name} is at least 1. Write a larger number.", context, option)
    return ReasonerLimits(**{**_BOUNDS, **dict(given)})


@dataclass(frozen=True)
class Style:
    """A way to print that is no format of RDF or of results."""

    key: str

    @property
    def called(self) -> tuple[Sequence[str], ...]:
        """Its one name; see `calcigraph.rdf.formats.find`."""
        return ((self.key,),)


class FormatName(click.ParamType[Any]):
    """A name of a format in, what it means in each of the tables out: None in those that have none of it.

    Names mean what they mean in `?format=` over HTTP.
    """

    name = "format"

    def __init__(self, *tables: Sequence[Style | Format]) -> None:
        self._tables = tables

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """One value for each table. Raises: click.BadParameter where none has such a format."""
        found = tuple(find(value, table) for table in self._tables)
        if not any(found):
            self.fail(
                f"There is no format {value!r} here. Use one of: {', '.join(self._keys())}.", param, ctx
            )
        return found

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """All names, as for a choice."""
        return f"[{'|'.join(self._keys())}]"

    def _keys(self) -> list[str]:
        return list(dict.fromkeys(row.key for table in self._tables for row in table))


def format_option(
    default: str, help_text: str, *tables: Sequence[Style | Format]
) -> Callable[[Command], Command]:
    """`--format NAME`: one value for each of the tables (see `FormatName`)."""
    kind = FormatName(*tables)
    return click.option("--format", "style", type=kind, default=default, show_default=True, help=help_text)


def settings_options(table: type) -> Callable[[Command], Command]:
    """An option for each setting of the table, in its order: `--default-graph` for `default_graph`."""

    def add(command: Command) -> Command:
        hints = get_type_hints(table)
        for row in reversed(fields(table)):
            command = _option(row, hints[row.name])(command)
        return command

    return add


def setting_option(name: str) -> Callable[[Command], Command]:
    """The option of one setting of the server, for a verb that uses it too."""
    row = next(row for row in fields(Settings) if row.name == name)
    return _option(row, get_type_hints(Settings)[name])


def _option(row: Field[Any], hint: Any) -> Callable[[Command], Command]:
    """One setting as an option. Raises: TypeError for a type that the command line cannot take."""
    shared: dict[str, Any] = {"default": row.default, "show_default": True, "help": row.metadata["help"]}
    if hint is bool:
        return click.option(option_of(row.name), row.name, is_flag=True, **shared)
    return click.option(
        option_of(row.name),
        row.name,
        type=SettingText(row, hint),
        multiple=hint == tuple[str, ...],
        metavar=row.metadata["unit"] or None,
        **shared,
    )


class SettingText(click.ParamType[Any]):
    """A text in, the value that it gives a setting out: what fits is said in the table of settings alone."""

    name = "setting"

    def __init__(self, row: Field[Any], hint: Any) -> None:
        """Raises: TypeError for a type that no text gives."""
        self._row, self._hint = row, hint
        self._choices = get_args(hint) if get_origin(hint) is Literal else ()
        with suppress(SettingRefused):
            read(row, hint, "")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value. Raises: click.BadParameter."""
        if not isinstance(value, str):
            return value
        try:
            return judged(self._row, read(self._row, self._hint, value))
        except SettingRefused as refused:
            self.fail(f"{refused.detail} {refused.remedy}", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """The values that there are, or what kind of text it is."""
        return f"[{'|'.join(self._choices)}]" if self._choices else _METAVARS.get(self._hint)


_METAVARS = {int: "INTEGER", float: "NUMBER", str: "TEXT", tuple[str, ...]: "TEXT"}


class WholeNumber(click.ParamType[int]):
    """A whole number in digits, from `least` on."""

    name = "integer"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises: click.BadParameter."""
        if isinstance(value, int):
            return value
        try:
            return integer(value, self._least, self._most)
        except NumeralRefused as refused:
            self.fail(f"{value[:80]!r} does not fit. Give {refused}.", param, ctx)
