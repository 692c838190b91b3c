"""A knowledge graph server that gives its reasons: a root directory in, answers with proofs out."""


def __getattr__(name: str) -> str:
    """`__version__`, looked up in the installed package when it is asked for: that takes 50 ms, and the
    help of the command line does without it."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    globals()[name] = found = version("calcigraph")
    return found
