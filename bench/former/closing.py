"""Files of triples in, the processor seconds that closing them took out; of whichever commit is on the path.

It knows no more of the program than `infer`, which all commits have.
"""

from __future__ import annotations

import sys
import time

import pyoxigraph as ox

from calcigraph.reasoning import infer


def main() -> None:
    """`python closing.py FILE...` prints the seconds and the number of triples that were inferred."""
    triples = {
        quad.triple for path in sys.argv[1:] for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    }
    begun = time.process_time()
    inferred = infer(triples).inferred
    print(time.process_time() - begun, len(inferred))


if __name__ == "__main__":
    main()
