"""Small files of conversions, read as the command reads them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from sendtrail.attribution.conversion_csv.file import read_conversions
from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.csv_file.problems import NOTHING_LOADED
from sendtrail.domain.conversion import Conversion
from sendtrail.errors import SettingsError


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a file holds, in the order of the ids, and what of it counts as no conversion."""

    conversions: list[Conversion]
    ignored: tuple[str, ...]
    repeated: int
    left_out: dict[str, int]
    problems: list[str]


class Files:
    """Writes files into a folder and reads them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "conversions.csv"

    def read(self, content: str | bytes, reading: Reading | None = None) -> Found:
        """Return what a file of this content holds."""
        self._path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with read_conversions(self._path, reading or Reading()) as file:
            return Found(
                conversions=sorted(file.conversions(), key=lambda each: each.conversion_id),
                ignored=file.columns.ignored,
                repeated=file.repeated,
                left_out=dict(file.left_out),
                problems=file.problems.sentences,
            )

    def problems(self, content: str | bytes, reading: Reading | None = None) -> list[str]:
        """Return what is wrong with a file of this content, but for the sentence that nothing was loaded."""
        with pytest.raises(SettingsError) as caught:
            self.read(content, reading)
        return [problem for problem in caught.value.problems if problem != NOTHING_LOADED]
