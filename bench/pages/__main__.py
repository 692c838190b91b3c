"""Both roots, and one with a resource that 5,000 links lead to, in; the report in Markdown out.

`python -m bench.pages [--no-browser]` writes bench/pages/report.md. It wants a quiet machine, and the built
front end (python hatch_build.py).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.pages.server_times import Times, at, measure

REPOSITORY = Path(__file__).parents[2]
REPORT = Path(__file__).with_name("report.md")
LINKS = 5000
BOUND_MS = 20
BOUNDS = {"front": 150, "resource": 150, "query": 450}


def crowded(folder: Path) -> Path:
    """The toy root with a resource that many links lead to."""
    root = folder / "crowded"
    shutil.copytree(REPOSITORY / "tests" / "toy", root)
    plant = "https://example.org/plant"
    prefixes = f"@prefix plant: <{plant}/ontology/> .\n@prefix id: <{plant}/id/> .\n"
    links = "".join(f"id:spoke-{n} plant:feeds id:hub .\n" for n in range(LINKS))
    hub = 'id:hub a plant:Device ; <http://www.w3.org/2000/01/rdf-schema#label> "hub"@en .\n'
    (root / "data" / "crowded.ttl").write_text(prefixes + hub + links, encoding="utf-8")
    return root


def table(times: list[Times]) -> Iterator[str]:
    """One root's pages."""
    yield "| kind of page | pages | p50 ms | p95 ms | max ms | CPU p95 ms | bytes sent (median) | slowest |"
    yield "|---|---|---|---|---|---|---|---|"
    for found in times:
        clock, cpu = found.clock, found.cpu
        figures = " | ".join(f"{n:.1f}" for n in (at(clock, 0.5), at(clock, 0.95), clock[-1], at(cpu, 0.95)))
        yield f"| {found.kind} | {len(clock)} | {figures} | {found.bytes_median:,} | `{found.slowest}` |"


def report(browser: bool) -> Iterator[str]:
    """The report, line by line; what is slow happens on the way."""
    yield "# Pages: time in the server, first paint, size"
    yield ""
    yield f"Written by `python -m bench.pages`; Python {platform.python_version()}, {os.cpu_count()} cores."
    yield "Each page is asked for once, in process, by the real application; no page is kept. The bound for"
    yield f"the page of a resource is {BOUND_MS} ms."
    with tempfile.TemporaryDirectory() as folder:
        roots = {"The shipped root": REPOSITORY, "The toy root": REPOSITORY / "tests" / "toy"}
        for title, root in roots.items():
            yield from ("", f"## {title}", "", *table(measure(root)))
        hub = [t for t in measure(crowded(Path(folder)), "none") if t.kind == "thing"]
        yield from ("", f"## A root with a resource that {LINKS:,} links lead to", "", *table(hub))
    if browser:
        yield from ("", "## First paint and size, in Chromium with an empty cache", "", *painted())


def painted() -> Iterator[str]:
    """What a browser says of some pages of the shipped root."""
    from bench.pages.paint import measure as visit

    paths = {
        "front": "/",
        "resource": "/id/vitamin-k2.html",
        "contradiction view": "/id/p-vitamin-k2-slows-progression-of-arterial-calcification.html",
        "explanation": "/explain?subject=id:vitamin-k2&predicate=cg:netInhibits"
        "&object=id:arterial-calcification",
        "query": "/sparql",
    }
    yield "| page | first paint ms | first contentful paint ms | kB, with scripts and styles | bound kB |"
    yield "|---|---|---|---|---|"
    for name, found in zip(paths, visit(REPOSITORY, tuple(paths.values())), strict=True):
        bound = BOUNDS.get(name, "")
        figures = f"{found.first_paint:.0f} | {found.first_contentful_paint:.0f} | {found.bytes / 1000:.0f}"
        yield f"| {name} | {figures} | {bound} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--output", type=Path, default=REPORT)
    chosen = parser.parse_args()
    text = "\n".join(report(not chosen.no_browser)) + "\n"
    chosen.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
