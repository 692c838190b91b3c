"""Texts of queries in, how long and with how much memory each parser of SPARQL makes trees of them out.

`python -m bench.parsers FOLDER [PYTHON]` writes bench/parsers/report.md. FOLDER has queries in `.rq` files,
as the suites of the W3C do; PYTHON is an interpreter that has `tree-sitter` and `tree-sitter-sparql` besides
what the tests need. A parser that cannot be imported is named and has no figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from calcigraph.sparql.tokens import tokens

REPOSITORY = Path(__file__).parents[2]
REPORT = Path(__file__).with_name("report.md")
ROUNDS = 5
# Each by a first word that `parsing` knows.
PARSERS = (
    "ours (by hand)",
    "lark (LALR, `tests/sparql.lark`)",
    "tree-sitter-sparql",
    "rdflib",
    "pyoxigraph (the engine: no tree comes out)",
)


def queries(folder: Path) -> list[str]:
    """The texts that are well-formed: to the engine, and by the names that the W3C gives to others."""
    import pyoxigraph as ox

    found = []
    for path in sorted(folder.rglob("*.rq")):
        try:
            text = path.read_bytes().decode()
            ox.Store().query(text, base_iri="http://example.org/")
        except (SyntaxError, UnicodeDecodeError):
            continue
        except (OSError, RuntimeError, ValueError):
            # Understood, and then not evaluated.
            pass
        if "bad" not in path.stem:
            found.append(text)
    return found


def measured(python: str, parser: str, texts: list[str]) -> dict[str, float] | None:
    """What `bench.parsers.parsing` says of one parser, in a process of its own; None where there is none."""
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'server'}"}
    command = [python, "-m", "bench.parsers.parsing", parser.split(" ")[0], str(ROUNDS)]
    done = subprocess.run(
        command, input=json.dumps(texts), env=environment, cwd=REPOSITORY, capture_output=True, text=True
    )
    if done.returncode == 3:
        return None
    if done.returncode:
        raise RuntimeError(f"{parser}: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout))


def report(folder: Path, python: str) -> Iterator[str]:
    """The report, line by line; what is slow happens on the way."""
    texts = queries(folder)
    count = sum(sum(1 for _ in tokens(text)) for text in texts)
    yield "# Parsers of SPARQL"
    yield ""
    yield f"Written by `python -m bench.parsers`; Python {platform.python_version()}, {os.cpu_count()} cores."
    yield f"{len(texts)} well-formed queries of {count:,} tokens; processor time, the least of {ROUNDS}"
    yield "rounds. A token costs that much to parse, and to parse and walk: to see every node from Python."
    yield "Memory is what the process grew by to build the parser and hold all trees."
    yield ""
    yield "| parser | to build ms | parse µs | beside ours | and walk µs | memory MiB | refuses |"
    yield "|---|---|---|---|---|---|---|"
    own = 0.0
    for parser in PARSERS:
        found = measured(python, parser, texts)
        if found is None:
            yield f"| {parser} | not installed | | | | | |"
            continue
        parsed, walked = (found[name] / count * 1e6 for name in ("parsed", "walked"))
        own = own or parsed
        figures = f"{found['built'] * 1e3:.0f} | {parsed:.2f} | {parsed / own:.2f} | {walked:.2f}"
        yield f"| {parser} | {figures} | {found['grown']:.1f} | {found['refused']:.0f} |"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.parsers")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("python", nargs="?", default=sys.executable)
    given = arguments.parse_args()
    REPORT.write_text("\n".join([*report(given.folder, given.python), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
