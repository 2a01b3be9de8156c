"""checkov's rules, but for the few that are skipped with a reason."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.terraform.workspace import REPOSITORY, Workspace

CHECKOV = REPOSITORY / ".venv-checkov" / "bin" / "checkov"
CONFIGURATION = REPOSITORY / "terraform" / ".checkov.yaml"
SKIPPED = re.compile(r"^  - (CKV_\w+) # \S", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def _checkov() -> None:
    """Skip without checkov, whose dependencies would not fit into ours; fail in CI."""
    if not CHECKOV.exists():
        missing = "there is no .venv-checkov: make checkov installs it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)


def test_rules_that_are_skipped_are_the_ones_that_fail(workspace: Workspace, tmp_path: Path) -> None:
    """Every rule holds or is skipped with a reason, and no rule is skipped that would hold."""
    skipped = SKIPPED.findall(CONFIGURATION.read_text(encoding="utf-8"))
    nothing_skipped = tmp_path / "checkov.yaml"
    nothing_skipped.write_text("framework: [terraform]\nskip-download: true\n", encoding="utf-8")

    assert sorted(_failed(workspace.root, nothing_skipped)) == sorted(skipped)


def test_a_public_bucket_is_noticed(workspace: Workspace, tmp_path: Path) -> None:
    """A bucket that may become public fails a rule that nothing skips."""
    changed = workspace.copy(tmp_path / "changed")
    changed.replace("terraform/storage.tf", 'public_access_prevention    = "enforced"', "")
    changed.replace("terraform/storage.tf", "uniform_bucket_level_access = true", "")

    assert {"CKV_GCP_29", "CKV_GCP_114"} <= _failed(changed.root, CONFIGURATION)


def _failed(folder: Path, configuration: Path) -> set[str]:
    done = subprocess.run(
        [CHECKOV, "--config-file", str(configuration), "--directory", str(folder), "--output", "json", "--soft-fail"],
        env={**os.environ, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["resource_count"] > 50
    return {check["check_id"] for check in report["results"]["failed_checks"]}
