"""The machine rules on a labelled population of a seed that nobody looked at, and the labels themselves."""

from collections.abc import Sequence

import pytest

from benchmarks.labelled_population import population
from benchmarks.machines import Judged, figures, judge

SEED = 777


@pytest.fixture(scope="module")
def judged() -> Sequence[Judged]:
    """Give the verdicts on every observation of a population."""
    return judge(population(SEED))


def test_every_target_is_reached(judged: Sequence[Judged]) -> None:
    """Of clicks on e-mails with eight links, and of split tests with two messages of six."""
    with_targets = [figure for figure in figures(judged) if figure.target is not None]

    assert len(with_targets) == 4
    assert [figure for figure in with_targets if not figure.is_reached] == []


def test_what_cannot_be_told_is_called_unknown(judged: Sequence[Judged]) -> None:
    """Apple's prefetches, and clicks by people who open tabs as fast as scanners do."""
    prefetches = [each for each in judged if each.actor == "apple_reader" and each.is_machine]
    tabs = [each for each in judged if each.actor == "tab_opener" and each.event_type == "click"]

    assert {each.verdict for each in prefetches} == {"unknown"}
    assert sum(each.verdict == "unknown" for each in tabs) > sum(each.verdict == "machine" for each in tabs) * 10


def test_every_observation_has_one_verdict(judged: Sequence[Judged]) -> None:
    """None is lost between the population and the views."""
    assert len(judged) == len(population(SEED).activities)


def test_a_population_is_that_of_its_seed() -> None:
    """Another seed has other clicks, the same seed the same."""
    assert population(3).activities == population(3).activities
    assert population(3).activities != population(4).activities
