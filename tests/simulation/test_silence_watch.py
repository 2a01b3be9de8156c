"""A strict look at an account that is paused."""

from sendtrail.simulation.watching.silence_watch import MAX_DELAY_S, SilenceWatch


def test_requests_that_arrive_during_a_pause_are_counted() -> None:
    """Once everybody had the time to learn of it, and until it ends."""
    watch = SilenceWatch()
    watch.arrived(99.0)
    watch.begin(100.0)
    watch.arrived(100.0 + MAX_DELAY_S)
    watch.arrived(101.0 + MAX_DELAY_S)
    watch.end()
    watch.arrived(102.0 + MAX_DELAY_S)

    assert watch.violations == 1


def test_a_process_that_was_frozen_meanwhile_could_not_know() -> None:
    """It stood still between its look and its request; one that was frozen before the pause has looked since."""
    watch = SilenceWatch()
    watch.begin(100.0)
    watch.arrived(500.0, frozen_until=400.0)
    before = watch.violations
    watch.arrived(500.0, frozen_until=90.0)

    assert (before, watch.violations) == (0, 1)
