"""When a failed message is redelivered."""

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.local.queue import Redelivery, delay_s

POLICY = Redelivery(max_attempts=6, first_delay_s=2.0, max_delay_s=20.0)


def test_the_wait_doubles_up_to_the_maximum() -> None:
    """The schedule without jitter."""
    assert [delay_s(POLICY, attempts=attempts, chance=0) for attempts in range(1, 6)] == [2, 4, 8, 16, 20]


def test_after_the_last_attempt_there_is_no_other() -> None:
    """Redelivery is bounded."""
    assert delay_s(POLICY, attempts=6, chance=0) is None


@given(attempts=st.integers(1, 5), chance=st.floats(0, 1))
def test_jitter_removes_half_at_most(attempts: int, chance: float) -> None:
    """No message is redelivered at once."""
    longest, wait = delay_s(POLICY, attempts=attempts, chance=0), delay_s(POLICY, attempts=attempts, chance=chance)
    assert longest is not None
    assert wait is not None
    assert longest / 2 <= wait <= longest
