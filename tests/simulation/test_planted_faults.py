"""Faults that are planted in the code are planted where they are meant to be."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.find_planted_faults import (
    BEGIN,
    DOCUMENT,
    END,
    HEADER,
    Found,
    first_of_its_own,
    is_found,
    rows_of,
    with_table,
)
from benchmarks.planted_faults import PLANTED
from benchmarks.planted_faults.fault import Edit, PlantedFault, with_edits


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_the_text_that_a_fault_replaces_is_there_once(fault: PlantedFault) -> None:
    """And its replacement is valid Python."""
    for module in {edit.module for edit in fault.edits}:
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_text(encoding="utf-8")

        compile(with_edits(source, fault.of(module)), spec.origin, "exec")


def test_a_text_that_is_not_there_once_is_an_error() -> None:
    """Where the code has changed, nothing may be planted that is none."""
    edit = Edit(module="sendtrail.some", before="one", after="two")

    assert with_edits("one", [edit]) == "two"
    for source in ("three", "one, one"):
        with pytest.raises(ValueError, match="not there once"):
            with_edits(source, [edit])


def test_a_table_takes_the_place_of_the_one_before() -> None:
    """What is around it stays."""
    document = f"before\n{BEGIN}\n| old |\n{END}\nafter\n"

    assert with_table(document, ["| new |"]) == f"before\n{BEGIN}\n| new |\n{END}\nafter\n"


def test_a_row_is_of_a_fault_that_was_found_or_not() -> None:
    """Those that were not are run once more."""
    row, other = "| one | 12 | 3 rows are missing |", "| two | not in 200 | |"
    rows = rows_of(with_table(f"{BEGIN}{END}", [*HEADER, row, other]))

    assert rows == {"one": row, "two": other}
    assert [is_found(each) for each in (row, other, "")] == [True, False, False]


def test_the_documented_table_is_of_these_faults() -> None:
    """Each is there, by its name."""
    table = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]

    assert [fault.name for fault in PLANTED if f"| {fault.name} |" not in table] == []


@pytest.mark.parametrize(("beside", "found"), [([], 3), ([3], 8), ([8], 3), ([3, 8], None)])
def test_a_fault_is_found_where_what_is_planted_beside_it_is_not(beside: list[int], found: int | None) -> None:
    """Else it is that which the seed has noticed."""
    noticed = (3, 8)

    def find(first: int) -> Found | None:
        return next((Found(seed=seed, problem="missing") for seed in noticed if seed >= first), None)

    seen = first_of_its_own(find, lambda seed: seed in beside, first=1)

    assert (seen and seen["seed"]) == found
