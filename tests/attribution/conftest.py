"""Files to read."""

from pathlib import Path

import pytest

from tests.attribution.csv_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Give what writes small files and reads them."""
    return Files(tmp_path)
