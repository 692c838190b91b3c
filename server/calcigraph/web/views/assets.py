"""The manifest of the built front end in, the files that every page loads out; None where none is built."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from calcigraph.web.protocol.compression import takes_gzip

FOLDER = Path(__file__).parents[1] / "static" / "built"
_ENTRY = "src/site.ts"
# Its name is the same for every content; the others bear a digest.
_THEME = "theme.js"
_YEAR_S = 365 * 24 * 3600
blueprint = Blueprint("assets", __name__)


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
        found = Assets(_THEME, entry["file"], tuple(entry.get("css", ())), stamp)
    except (OSError, ValueError, KeyError):
        return None
    files = (found.theme, found.script, *found.styles)
    return found if all((folder / name).is_file() for name in files) else None


@blueprint.get("/static/built/<path:name>")
def built(name: str) -> Response:
    """A built file, as it was compressed by the build where the client takes that.

    A file whose name bears its digest never changes, so a cache need not ask (RFC 8246).
    """
    is_packable = name.endswith((".js", ".css")) and (FOLDER / f"{name}.gz").is_file()
    accepted = request.headers.get("Accept-Encoding", "").encode("latin-1")
    is_packed = is_packable and takes_gzip(accepted)
    kind = mimetypes.guess_type(name)[0]
    response = send_from_directory(
        FOLDER, f"{name}.gz" if is_packed else name, mimetype=kind, conditional=False
    )
    if is_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    if is_packable and name != _THEME:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response
