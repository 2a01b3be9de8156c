"""Looks for a world in which something is noticed, whatever a seed draws today."""

from sendtrail.simulation.run import simulate

MOST_SEEDS = 200
"""Worlds are looked at in turn; a test names one near which it is found, so that few are."""


def first_noticed(what: str, *, near: int) -> int:
    """Return the first seed from `near` on that has a problem with `what` in its words; raise where none has."""
    for seed in range(near, near + MOST_SEEDS):
        if any(what in problem for problem in simulate(seed).problems):
            return seed
    raise AssertionError(f"no world of {near} to {near + MOST_SEEDS - 1} notices that {what!r}")
