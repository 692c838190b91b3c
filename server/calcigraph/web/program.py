"""The installed program in, a digest of it out: what a cache may keep depends on code as on data."""

from __future__ import annotations

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
# The built front end is known by its stamp; its files carry their hash in their names.
_PATTERNS = ("*.py", "*/**/*.py", "web/templates/*.html", "web/static/built/stamp")


def digest() -> str:
    """SHA-256 over the files that decide about the bytes of a response. Cost: reads a megabyte."""
    total = hashlib.sha256()
    paths = {path for pattern in _PATTERNS for path in _PACKAGE.glob(pattern)}
    for path in sorted(paths):
        content = path.read_bytes()
        total.update(f"{path.relative_to(_PACKAGE).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
