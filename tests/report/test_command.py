"""`sendtrail report` as a person runs it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sendtrail.cli.report import report

app = typer.Typer()
app.command()(report)


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave the developer's own `.env` out of it."""
    monkeypatch.chdir(tmp_path)


def test_it_writes_a_file_and_says_where(database: Path, tmp_path: Path) -> None:
    """With the model that was asked for to begin with; the database stays as it is."""
    before = database.read_bytes()

    result = CliRunner().invoke(app, ["--database", str(database), "--output", "my.html", "--model", "linear"])

    assert result.exit_code == 0, result.output
    assert f"The report is in {Path('my.html').absolute()}" in result.output
    assert '"model":"linear"' in (tmp_path / "my.html").read_text(encoding="utf-8")
    assert database.read_bytes() == before


def test_the_environment_can_name_the_database(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every other command."""
    monkeypatch.setenv("SENDTRAIL_DATABASE", str(database))

    result = CliRunner().invoke(app, [])

    assert result.exit_code == 0, result.output
    assert (tmp_path / "sendtrail-report.html").is_file()
