"""The shortest story of what went wrong: delta debugging over the faults that happened."""

from collections.abc import Callable, Sequence

from sendtrail.simulation.engine.faults import Happened

Fails = Callable[[Sequence[Happened]], bool]


def minimised(
    happened: Sequence[Happened], fails: Fails, *, has_time: Callable[[], bool] = lambda: True
) -> list[Happened]:
    """Return faults of which none can be left out, so that a seed still fails with these alone.

    Each step runs the seed as often as there are parts: once `has_time()` is False, the fewest so far are returned.

    A. Zeller, R. Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002 (ddmin, by complements).
    """
    if fails(()):
        return []
    left, parts = list(happened), 2
    while len(left) > 1:
        size = -(-len(left) // parts)
        without = (left[:start] + left[start + size :] for start in range(0, len(left), size))
        shorter = next((rest for rest in without if has_time() and fails(rest)), None)
        if shorter is not None:
            left, parts = shorter, max(parts - 1, 2)
        elif parts >= len(left) or not has_time():
            break
        else:
            parts = min(2 * parts, len(left))
    return left
