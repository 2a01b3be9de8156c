"""Faults that are planted in the code are planted where they are meant to be."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.planted_faults import PLANTED, PlantedFault


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_the_text_that_a_fault_replaces_is_there_once(fault: PlantedFault) -> None:
    """And its replacement is valid Python."""
    spec = find_spec(fault.module)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")

    assert source.count(fault.before) == 1
    compile(source.replace(fault.before, fault.after), spec.origin, "exec")
