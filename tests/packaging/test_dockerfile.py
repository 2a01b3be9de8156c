"""The image: its Dockerfile is checked by hadolint, as no engine is here to build it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.requirements import image_requirements
from tests.documentation.pages import REPOSITORY

TEXT = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}")


@pytest.mark.skipif(HADOLINT is None, reason="there is a wheel of hadolint for Linux on x86_64 alone")
def test_hadolint_finds_nothing() -> None:
    """Every rule is on."""
    done = subprocess.run([str(HADOLINT), str(REPOSITORY / "Dockerfile")], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    """And what is not copied is ignored: a `.env` never gets into an image."""
    copied = [name for line in re.findall(r"^COPY (?!--)(.+) \S+$", TEXT, re.MULTILINE) for name in line.split()]
    ignored = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    admitted = {line.removeprefix("!").split("/")[0] for line in ignored if line.startswith("!")}

    assert "*" in ignored
    assert admitted == set(copied)
    assert all((REPOSITORY / name).exists() for name in copied)


def test_it_does_not_run_as_root() -> None:
    """In a folder of its own, which a person mounts."""
    last = TEXT.rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["10001"]
    assert last.index("USER 10001") < last.index("ENTRYPOINT")


def test_the_image_holds_what_the_command_needs_and_no_tools() -> None:
    """With the pins and hashes of the lock."""
    part = image_requirements((REPOSITORY / "requirements.lock").read_text(encoding="utf-8"))
    names = set(re.findall(r"^([a-z0-9._-]+)==", part, re.MULTILINE))

    assert {"duckdb", "typer", "apprise", "jinja2", "numpy"} < names
    assert not names & {"pytest", "mypy", "playwright", "google-cloud-bigquery", "starlette", "hatchling"}
    assert part.count("--hash=sha256:") >= len(names)
