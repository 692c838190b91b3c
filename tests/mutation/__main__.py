"""`python -m mutation`, in `tests/`: draws mutants of the core rooms, and tells of those that survive.

Each is written into a copy of the repository, where the tests that guard its room run against it, servers
included. Exits with 1 where one survives that `mutants.toml` gives no reason for.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mutation.campaign import Campaign, Verdict
from mutation.rooms import RoomsFile

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def main() -> int:
    """Draw, try and report."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("--number", type=int, default=100, help="how many to draw")
    parser.add_argument("--seed", type=int, default=None, help="draws the same ones again")
    parser.add_argument("--room", action="append", help="only this room; may be repeated")
    options = parser.parse_args()
    seed = secrets.randbelow(1 << 32) if options.seed is None else options.seed
    rooms = RoomsFile.read(ROOT / "tests" / "mutants.toml", ROOT)
    drawn = rooms.draw(options.number, seed, options.room)
    print(f"{len(drawn)} of {len(rooms.candidates(options.room))} mutants, seed {seed}", flush=True)
    with TemporaryDirectory(prefix="mutants-") as folder:
        campaign = Campaign.prepare(ROOT, Path(folder), {candidate.room for candidate in drawn})
        verdicts = [campaign.judge(candidate) for candidate in drawn]
    return _report(rooms, verdicts)


def _report(rooms: RoomsFile, verdicts: list[Verdict]) -> int:
    survivors = [verdict for verdict in verdicts if verdict.survived]
    unexplained = [verdict for verdict in survivors if not rooms.reason(verdict.candidate)]
    for verdict in survivors:
        reason = (
            rooms.reason(verdict.candidate) or "no reason: write a test that notices it, or say why none can"
        )
        print(f"survived: {verdict.candidate}: {reason}")
    late = sum(verdict.timed_out for verdict in verdicts)
    killed = len(verdicts) - len(survivors)
    print(
        f"{killed} killed ({late} of them by the time limit), {len(survivors)} survived, "
        f"{len(unexplained)} without a reason"
    )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
