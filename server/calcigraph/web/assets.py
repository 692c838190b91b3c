"""The manifest of the built front end in, the files that every page loads out; none where none is built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("static") / "built"
_ENTRY = "src/site.ts"


@dataclass(frozen=True)
class Assets:
    """What a page links to, as paths below `/static/built/`; `stamp` changes whenever a file does."""

    theme: str
    script: str
    styles: tuple[str, ...]
    stamp: str


def assets(folder: Path = FOLDER) -> Assets | None:
    """The built front end; None where there is none, or it is not whole.

    Cost: two small files. See https://vite.dev/guide/backend-integration for the manifest.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        stamp = (folder / "stamp").read_text(encoding="utf-8").strip()
        entry = manifest[_ENTRY]
        found = Assets("theme.js", entry["file"], tuple(entry.get("css", ())), stamp)
    except (OSError, ValueError, KeyError):
        return None
    files = (found.theme, found.script, *found.styles)
    return found if all((folder / name).is_file() for name in files) else None
