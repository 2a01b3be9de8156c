"""Requests are never sent closer together than a strict window allows."""

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.rate_limit.sliding_window import MARGIN, sliding_window
from tests.fakes import FakeClock


@given(
    pauses=st.lists(st.floats(0, 0.5), min_size=20, max_size=80),
    rate=st.sampled_from([0.5, 1.0, 2.5, 5.0]),
)
def test_no_window_sees_one_too_many(pauses: list[float], rate: float) -> None:
    """However late each of them is."""
    clock = FakeClock()
    window = sliding_window(clock, requests_per_second=rate)
    times = []
    for pause in pauses:
        clock.advance(pause)
        window.wait()
        times.append(clock.monotonic())

    most = max(1, int(rate))
    spans = [later - earlier for earlier, later in zip(times, times[most:], strict=False)]
    assert all(span >= (1 + MARGIN) * most / rate - 1e-9 for span in spans)


def test_requests_that_keep_their_spacing_are_not_held_up() -> None:
    """A twentieth more than the limit requires is enough."""
    clock = FakeClock()
    window = sliding_window(clock, requests_per_second=5.0)

    for _ in range(30):
        window.wait()
        clock.advance(1.05 / 5)

    assert not any(seconds > 0 for seconds in clock.slept)


def test_a_request_that_is_too_late_is_not_recorded() -> None:
    """It is sent later, and holds up nobody until then; nor is anything waited for in vain."""
    clock = FakeClock()
    window = sliding_window(clock, requests_per_second=1.0)

    assert window.wait(latest=clock.monotonic())
    assert not window.wait(latest=clock.monotonic() + 1.0)
    clock.advance(1 + MARGIN)
    assert not window.wait(latest=clock.monotonic() - 1.0)
    assert window.wait(latest=clock.monotonic())
    assert not any(seconds > 0 for seconds in clock.slept)
