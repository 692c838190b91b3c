"""The command line: one verb a module; arguments in, text and an exit code out.

`verbs/` says what each verb takes and how it helps, and imports nothing that takes time; the module of
the same name beside it does the work, and is imported when there is work.
Exit codes: 0 fine, 1 findings, 2 usage (and an input that cannot be read, of which nothing was found),
3 environment; 130 and 143 where SIGINT or SIGTERM ended it, which they do at once, and 141 where nobody read
its output any more. Answers go to standard output, everything about the work to standard error.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from importlib import import_module
from keyword import iskeyword

import click

from calcigraph.cli.streams import ReaderLeftError, drop_output, open_streams, say
from calcigraph.errors import EnvironmentProblem, InputUnreadable, Problem, SettingRefused

FINDINGS, USAGE, ENVIRONMENT = 1, 2, 3
# As a shell says it of a program that SIGPIPE ended.
LEFT = 141
_CODES = {SettingRefused: USAGE, InputUnreadable: USAGE, EnvironmentProblem: ENVIRONMENT}
# Each verb with the first sentence of its help, so that all are listed without importing one.
VERBS = {
    "ask": "Answer the question SLUG of the root, or any SPARQL query.",
    "check": "Judge a root: files, closure and clashes, shapes, lints, questions against their answers.",
    "explain": "Print why the triple SUBJECT PREDICATE OBJECT holds.",
    "import": "Take FILE… into a root as canonical Turtle, whole or only some terms with what they need.",
    "infer": "Print what FILE… entail under OWL 2 RL and do not say themselves.",
    "new": "Make something new: a root around ontologies, data and shapes.",
    "serve": "Answer SPARQL, explanations and linked data over HTTP, read-only.",
    "validate": "Check FILE… against shapes and print the SHACL validation report.",
}


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are used.

    Raises: LookupError where a module of `verbs/` does not define the verb that it is named after.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, from the module of that name."""
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        verb = getattr(import_module(f"calcigraph.cli.verbs.{name}"), name, None)
        if not isinstance(verb, click.Command):
            raise LookupError(f"calcigraph.cli.verbs.{name} defines no command {cmd_name!r}")
        return verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="calcigraph", prog_name="calcigraph")
def calcigraph() -> None:
    """Serve, question and check a knowledge graph that gives its reasons."""


def main() -> None:
    """The entry point: run a verb, turn an expected failure into its message and exit code."""
    open_streams()
    # The handlers of Python would run once the present call of a library has returned, which may be never.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        code = int(calcigraph.main(standalone_mode=False) or 0)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else FINDINGS
    except click.ClickException as wrong:
        text = io.StringIO()
        wrong.show(text)
        say(text.getvalue().rstrip())
        code = wrong.exit_code
    except Problem as problem:
        say(f"calcigraph: {problem}")
        code = next((code for kind, code in _CODES.items() if isinstance(problem, kind)), FINDINGS)
    except ReaderLeftError:
        code = LEFT
    except OSError as error:
        say(f"calcigraph: The system does not allow it: {os.strerror(error.errno or errno.EIO)}.")
        code = ENVIRONMENT
    drop_output()
    sys.exit(code)
