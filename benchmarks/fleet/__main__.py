"""Print what fleets of some sizes take, as a table: `python -m benchmarks.fleet [ACCOUNTS ...]`.

An account-day takes some five seconds of a core, and more where messages come back. Fleets of 50 accounts and more live
for one dispatch, from which the day is computed; with `--watch` not to its end: how long a run takes is then what its
pace makes of it.
"""

import argparse
import logging
import sys

from benchmarks.fleet.measured import MINUTE_S, Measured, measured
from benchmarks.fleet.plan import Plan

SIZES = (1, 5, 20)
LARGE = 50
COLUMNS = (
    "accounts",
    "minutes a run takes: half of them, the longest",
    "budget used meanwhile",
    "MERGEs a day",
    "MERGEs at once",
    "deliveries that came back a day",
    "TiB a month",
    "writes of a document a second",
    "writes a day",
    "function seconds a day",
    "$ a month",
    "beyond a limit",
)


def main(words: list[str]) -> None:
    """Let fleets live, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet")
    parser.add_argument("accounts", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--every", type=int, default=6, help="hours between two dispatches")
    parser.add_argument("--groups", type=int, default=1, help="in how many groups the accounts are dispatched")
    parser.add_argument("--watch", type=float, help="minutes to watch after the last dispatch, not until all is done")
    given = parser.parse_args(words)
    watch_s = None if given.watch is None else given.watch * MINUTE_S
    logging.getLogger("sendtrail").setLevel(logging.ERROR)
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    for accounts in given.accounts:
        hours = given.every if accounts >= LARGE else 24
        plan = Plan(accounts=accounts, every_h=given.every, hours=hours, groups=given.groups, watch_s=watch_s)
        print(line(measured(plan)), flush=True)


def line(found: Measured) -> str:
    """Return the line of a table."""
    lag = f"{found.lag_s / MINUTE_S:.0f}, {found.longest_lag_s / MINUTE_S:.0f}"
    pace = f"{found.share_done:.1%} after {found.plan.watched_s / MINUTE_S:.0f}: {found.run_s / MINUTE_S:,.0f}"
    cells = (
        f"{found.plan.accounts}",
        pace if found.unfinished else lag,
        f"{found.budget_used:.0%}",
        f"{found.merges:,.0f}",
        f"{found.merges_at_once}",
        f"{found.refused_deliveries:,.0f}",
        f"{found.tebibytes:.2f}",
        f"{found.writes_a_second:.1f}",
        f"{found.writes:,.0f}",
        f"{found.instance_s:,.0f}",
        f"{found.dollars:,.2f}",
        "; ".join(found.too_much) or "nothing",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
