"""How fast requests came in."""

import pytest

from benchmarks.pace import pace, print_requests
from sendtrail.simulator import Arrival


def _arrivals(*times: float) -> list[Arrival]:
    return [Arrival(endpoint="x", at=at, refused=False) for at in times]


def test_the_first_request_only_starts_the_clock() -> None:
    """Eleven requests, one every tenth of a second, are ten per second."""
    seen = pace(_arrivals(*(n / 10 for n in range(11))))

    assert seen.requests == 11
    assert seen.seconds == pytest.approx(1.0)
    assert seen.per_second == pytest.approx(10.0)


def test_the_busiest_second_slides() -> None:
    """What came in on both sides of a whole second is in one window; what is a second apart is not."""
    seen = pace(_arrivals(0.7, 0.9, 1.1, 1.6, 1.7))

    assert seen.most_in_one_second == 4


def test_refusals_and_pauses_are_seen() -> None:
    """A pause of the whole system, and a request that broke the limit, do not get lost in an average."""
    refused = Arrival(endpoint="x", at=3.0, refused=True)

    seen = pace([*_arrivals(0.0, 0.5), refused])

    assert (seen.refused, seen.longest_pause_s) == (1, 2.5)


@pytest.mark.parametrize("times", [(), (1.0,), (1.0, 2.0)])
def test_what_was_asked_for_is_told_on_stderr(times: tuple[float, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence says how many requests of which kind there were, however few."""
    print_requests("quiet day", _arrivals(*times))

    said = capsys.readouterr().err
    assert said.startswith(f"quiet day: {len(times)} requests")
    assert (f"{len(times)} x" in said) == bool(times)
