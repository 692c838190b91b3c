"""`python -m calcigraph` is `calcigraph`."""

from calcigraph.cli import main

main()
