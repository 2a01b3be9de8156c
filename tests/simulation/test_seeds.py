"""Whole worlds: they come out the same every time, hold what is promised, and notice when it is not kept."""

import gc
import os
import subprocess
import sys

import pytest

from sendtrail.delivery.batch_writer import BatchWriter
from sendtrail.simulation.engine.scheduler import Task
from sendtrail.simulation.minimise import minimised
from sendtrail.simulation.run import simulate
from sendtrail.simulation.story import story

# `make test` runs some; `make check` all of these.
FEW = range(1, 9)
SEEDS, PER_TEST = 300, 25
ON_FILES = (2, 3, 4, 5, 7, 8)  # small worlds: each takes ten times as long as in memory
# Beyond those: seeds that have shown a fault, each mended.
SHOWED_A_FAULT = (333, 998, 1750, 4074, 4800, 5730, 8374)


@pytest.mark.parametrize("seed", FEW)
def test_a_seed_holds_what_is_promised(seed: int) -> None:
    """Nothing lost, nothing twice, no request too many, no key in the log."""
    assert simulate(seed).problems == ()


@pytest.mark.world
@pytest.mark.parametrize("first", range(1, SEEDS, PER_TEST))
def test_many_seeds_hold_what_is_promised(first: int) -> None:
    """Those that do not are named with their problems."""
    outcomes = map(simulate, range(first, first + PER_TEST))

    assert {outcome.seed: outcome.problems for outcome in outcomes if outcome.problems} == {}


@pytest.mark.world
@pytest.mark.parametrize("seed", SHOWED_A_FAULT)
def test_a_seed_that_showed_a_fault_holds_what_is_promised(seed: int) -> None:
    """As every other one."""
    assert simulate(seed).problems == ()


@pytest.mark.world
@pytest.mark.parametrize("seed", ON_FILES)
def test_a_seed_holds_what_is_promised_on_one_machine(seed: int) -> None:
    """With its state and rows in a file, whose process is killed."""
    assert simulate(seed, files=True).problems == ()


def test_a_seed_comes_out_the_same_every_time() -> None:
    """Step by step."""
    first, second, another = simulate(3), simulate(3), simulate(4)

    assert (first.hash, first.happened, first.requests) == (second.hash, second.happened, second.requests)
    assert first.hash != another.hash


def test_a_broken_promise_is_noticed_and_told_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are recorded and never merged: a world without any trouble shows that."""
    monkeypatch.setattr(BatchWriter, "_merge", lambda _writer, _rows: 0)
    outcome = simulate(1, keeps_steps=True)

    assert any("missing" in problem for problem in outcome.problems)
    assert minimised(outcome.happened, lambda some: bool(simulate(1, only=frozenset(some)).problems)) == []
    assert any("asks admin/api.php" in line for line in story(outcome.steps))


def test_a_seed_of_several_accounts_is_the_same_in_every_process() -> None:
    """Whatever the order in which a process of Python has the members of its sets."""
    script = "from sendtrail.simulation.run import simulate; print(simulate(6).hash)"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(hashes) == 1
    assert hashes != {""}


def test_nothing_of_a_world_is_left() -> None:
    """Ten thousand of them fit into a process."""
    before = {id(each) for each in _tasks()}

    simulate(16)

    assert [each.name for each in _tasks() if id(each) not in before] == []


def _tasks() -> list[Task]:
    return [each for each in gc.get_objects() if isinstance(each, Task)]
