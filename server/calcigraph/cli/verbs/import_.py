"""`calcigraph import`: RDF files in, files of a root out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from calcigraph.cli.verbs.options import root_option, setting_option


class TermsCommand(click.Command):
    """A command whose `--terms` and `--upper` take all that follows up to the next option or file."""

    _MANY = ("--terms", "--upper")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Each of several values gets the name of its option, which is how click reads it."""
        spread: list[str] = []
        option = ""
        for position, word in enumerate(args):
            is_first = position > 0 and args[position - 1] in self._MANY
            if word.startswith("-"):
                option = word if word in self._MANY else ""
            elif option and not is_first:
                if Path(word).is_file():
                    option = ""
                else:
                    spread.append(option)
            spread.append(word)
        return super().parse_args(ctx, spread)


@click.command("import", cls=TermsCommand)
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--terms",
    metavar="IRI…",
    multiple=True,
    help="Take only these terms, with what they need, into ontology/imports/; prefixed names will do.",
)
@click.option(
    "--upper",
    metavar="IRI…",
    multiple=True,
    help="With --terms: take nothing that stands above these.",
)
@click.option(
    "--to",
    metavar="PATH",
    help="Folder (ontology, data, shapes) or file of the root to write to; by default what fits the content.",
)
@click.option(
    "--base", metavar="IRI", help="What relative IRIs of FILE… are relative to, where they do not say."
)
@click.option(
    "--force", is_flag=True, help="Overwrite a file that no import made, or that was changed since."
)
@root_option
@setting_option("file_timeout")
def import_(
    files: tuple[Path, ...],
    terms: tuple[str, ...],
    upper: tuple[str, ...],
    to: str | None,
    base: str | None,
    force: bool,
    folder: Path,
    file_timeout: float,
) -> None:
    """Take FILE… into a root as canonical Turtle, whole or only some terms with what they need.

    Reads Turtle, RDF/XML, N-Triples, TriG, N-Quads and JSON-LD, also packed with gzip. The same content
    always gives the same bytes; comments are not kept. Where each file came from is written to
    data/imports.ttl, and a later import overwrites only what an earlier one made. Exits with 2, and writes
    nothing, where a file cannot be read or one is in the way.
    """
    from calcigraph.cli.importing import import_files
    from calcigraph.importing.adding import Import

    if upper and not terms:
        raise click.UsageError("--upper goes with --terms.")
    date = datetime.now(UTC).date().isoformat()
    import_files(Import(files, folder, terms, upper, to, base, force, date), file_timeout)
