"""A root in, the application for it out, in this process: for what no request can show."""

from __future__ import annotations

from flask import Flask

from calcigraph.edition import assemble
from calcigraph.pool import Pool
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app


def local_app(root: Root) -> Flask:
    """The application, with a pool that is closed and must not be asked."""
    with Pool.start(b"") as pool:
        return create_app(LocalEngine(assemble(root, "none").edition, pool), Settings())
