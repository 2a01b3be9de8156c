"""terraform/README.md says what the code says; no terraform is needed to see that."""

import shutil
from pathlib import Path

import pytest

from deploy.terraform_docs import README, outputs, renewed, topics

MODULE = README.parent


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a copy of the module to change."""
    return Path(shutil.copytree(MODULE, tmp_path / "terraform", ignore=shutil.ignore_patterns(".terraform*")))


def test_tables_are_those_of_the_code() -> None:
    """`make docs` would change nothing."""
    text = README.read_text(encoding="utf-8")

    assert renewed(text, MODULE) == text


def test_every_file_is_described() -> None:
    """Each .tf file is in the table of what the module creates."""
    table = README.read_text(encoding="utf-8").partition("## Usage")[0]
    described = [name for name in (file.name for file in MODULE.glob("*.tf")) if f"`{name}`" in table]

    rest = {file.name for file in MODULE.glob("*.tf")} - set(described)
    assert all(name.startswith("variables") or name in {"versions.tf", "backend.tf"} for name in rest)


def test_a_new_variable_and_a_new_output_are_noticed(changed: Path) -> None:
    """The tables follow the code."""
    (changed / "variables_new.tf").write_text(
        '# New\n\nvariable "added" {\n  description = "One | two."\n  type        = list(string)\n}\n', encoding="utf-8"
    )
    with (changed / "outputs.tf").open("a", encoding="utf-8") as file:
        file.write('\noutput "shown" {\n  description = "Shown."\n  value       = 1\n}\n')

    text = renewed(README.read_text(encoding="utf-8"), changed)

    assert "### New" in text
    assert "| `added` | One &#124; two. | `list(string)` |  | yes |" in text
    assert "| `shown` | Shown. |" in text


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("# whether the account is synced", "", "must have a simple type and a comment"),
        ('variable "accounts" {', 'variable "accounts"  {', "not as `terraform fmt` leaves it"),
        ("# Accounts", "", "must start with a comment"),
        ("to sync, by organization id", "of ${local.somebody}", "must be a plain string"),
    ],
)
def test_what_cannot_be_read_is_refused(changed: Path, before: str, after: str, words: str) -> None:
    """Nothing is left out of the tables silently."""
    file = changed / "variables_accounts.tf"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")

    with pytest.raises(ValueError, match=words):
        topics(changed)


def test_markers_are_needed() -> None:
    """A README without its markers is not overwritten."""
    with pytest.raises(ValueError, match="must contain"):
        renewed("# A README", MODULE)


def test_every_output_is_read() -> None:
    """An output that people are told to use is among those that are found."""
    assert {"add_api_keys", "start_now", "read_failures", "dashboard"} <= {output.name for output in outputs(MODULE)}
