"""The installed program in, its digest and its age out: what a cache may keep depends on code as on data."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
# The built front end is known by its stamp; its files carry their hash in their names.
_PATTERNS = ("*.py", "*/**/*.py", "web/templates/*.html", "web/static/built/stamp", "conformance.ttl")


def digest() -> str:
    """SHA-256 over the files that decide about the bytes of a response. Cost: reads a megabyte."""
    total = hashlib.sha256()
    for path in _files():
        content = path.read_bytes()
        total.update(f"{path.relative_to(_PACKAGE).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def last_modified(root: Path) -> datetime:
    """When the newest file changed of those that a response is made from: the program's, and those of the
    root in the folder `root`. Never in the future, whatever the files say (RFC 9110, section 8.8.2.1)."""
    data = (path for name in ("ontology", "data", "shapes") for path in (root / name).rglob("*"))
    newest = max((path.stat().st_mtime for path in (*_files(), *data)), default=0.0)
    return datetime.fromtimestamp(int(min(newest, time.time())), UTC)


def _files() -> list[Path]:
    return sorted({path for pattern in _PATTERNS for path in _PACKAGE.glob(pattern)})
