"""A strict look at an account's limit."""

from sendtrail.simulation.watching.rate_watch import RateWatch


def test_a_request_more_than_the_limit_in_any_second_is_counted() -> None:
    """Wherever the second begins."""
    watch = RateWatch(most=2)
    for at in (0.9, 1.0, 1.8, 2.5):
        watch.arrived(at)

    assert watch.violations == 1


def test_requests_that_overtake_one_another_are_counted_by_when_they_arrive() -> None:
    """However they were sent."""
    watch = RateWatch(most=2)
    for at in (2.0, 0.5, 1.6, 1.2):
        watch.arrived(at)

    assert watch.violations == 1


def test_for_a_while_none_may_be_counted() -> None:
    """After the state was replaced by an older copy, which knows of no slot that is in use."""
    watch = RateWatch(most=1)
    watch.forgive(until=2.0)
    for at in (1.0, 1.1, 5.0, 5.1):
        watch.arrived(at)

    assert watch.violations == 1
