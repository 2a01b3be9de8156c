"""The fewest faults with which a seed still fails."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.simulation.engine.faults import Fault, Happened
from sendtrail.simulation.minimise import minimised

HAPPENED = [(Fault.CRASH, number) for number in range(1, 30)]


@given(st.sets(st.sampled_from(HAPPENED)))
def test_what_is_needed_is_left(needed: set[Happened]) -> None:
    """And nothing else."""

    def fails(some: Sequence[Happened]) -> bool:
        return needed <= set(some)

    assert set(minimised(HAPPENED, fails)) == needed


def test_one_of_several_ways_to_fail_is_left() -> None:
    """Any fault alone is enough."""
    assert len(minimised(HAPPENED, lambda some: len(some) > 0)) == 1


def test_after_a_while_the_fewest_so_far_are_told() -> None:
    """They fail as well; none is tried any more."""
    tries: list[int] = []

    def fails(some: Sequence[Happened]) -> bool:
        tries.append(len(some))
        return HAPPENED[0] in some

    left = minimised(HAPPENED, fails, has_time=lambda: len(tries) < 4)

    assert HAPPENED[0] in left
    assert 1 < len(left) < len(HAPPENED)
    assert len(tries) == 4
