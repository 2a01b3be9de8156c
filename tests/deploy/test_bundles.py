"""What a deployment bundle holds, and what it never does."""

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.bundles import FUNCTIONS, REPOSITORY, build
from deploy.requirements import LOCAL_ONLY, function_requirements

LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
PLANTED = (
    ".env",
    "sendtrail/.env",
    "sendtrail/.env.py",
    "sendtrail/gcp/key.json",
    "sendtrail/state.sqlite",
    "sendtrail/test_secrets.py",
    "campaign_worker/.hidden/code.py",
    "campaign_worker/__pycache__/main.cpython-311.pyc",
    "campaign_worker/conftest.py",
    "campaign_worker/sendtrail.duckdb",
    "sql/notes.md",
    "sql/.terraform/terraform.tfstate",
    "tests/test_it.py",
    "terraform.tfstate",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a copy of what bundles are built from, with an entry point for each function."""
    copy = tmp_path / "repository"
    for folder in ("sendtrail", "sql", *FUNCTIONS):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "requirements.lock", copy)
    for function in FUNCTIONS:
        (copy / function / "main.py").write_text(f"# {function}\n")
    return copy


def names(bundle: Path) -> list[str]:
    """Return the paths in a bundle."""
    with ZipFile(bundle) as archive:
        return archive.namelist()


def bundle_of(function: str, repository: Path) -> Path:
    """Build all bundles and return one."""
    return next(path for path in build(repository, repository / "build") if path.name.startswith(function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_bundle_holds_one_function_and_what_it_shares(function: str, repository: Path) -> None:
    """Its main.py lies at the root, where Google looks for it, and no other function is there."""
    held = names(bundle_of(function, repository))

    folders = {name.partition("/")[0] for name in held}
    assert folders == {"main.py", "requirements.txt", "sendtrail", "sql", function}
    assert {"sendtrail/gcp/firestore_state.py", "sql/email_activities/merge.sql", f"{function}/__init__.py"} <= set(
        held
    )
    assert f"{function}/main.py" not in held


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_for_one_machine_stays_there(function: str, repository: Path) -> None:
    """The command line, the embedded adapters and the emulators are no part of a function."""
    held = names(bundle_of(function, repository))

    assert not [
        name
        for name in held
        if name.startswith(
            ("sendtrail/cli", "sendtrail/local", "sendtrail/emulators", "sendtrail/simulator", "sendtrail/report")
        )
    ]


def test_what_nobody_named_never_ships(repository: Path) -> None:
    """Keys, state, tests and whatever else lies about change nothing: not even the bundle's name."""
    before = build(repository, repository / "build")

    for planted in PLANTED:
        (repository / planted).parent.mkdir(parents=True, exist_ok=True)
        (repository / planted).write_text("SENDTRAIL_API_KEY=secret")
    after = build(repository, repository / "build")

    assert after == before
    assert not [name for bundle in after for name in names(bundle) if name in PLANTED]


def test_the_same_content_is_the_same_file(repository: Path) -> None:
    """Whenever and wherever it is built, so that an unchanged function is not deployed again."""
    first = [(bundle.name, bundle.read_bytes()) for bundle in build(repository, repository / "build")]

    for path in (repository / "sendtrail").rglob("*.py"):
        path.touch()
    second = [(bundle.name, bundle.read_bytes()) for bundle in build(repository, repository / "elsewhere")]

    assert first == second


def test_other_content_is_another_name_and_the_older_one_goes(repository: Path) -> None:
    """Terraform finds one bundle for each function."""
    before = bundle_of("campaign_worker", repository)

    (repository / "campaign_worker" / "main.py").write_text("# changed\n")
    after = bundle_of("campaign_worker", repository)

    assert after.name != before.name
    assert len(list((repository / "build").glob("campaign_worker-*.zip"))) == 1
    assert len(list((repository / "build").glob("dispatcher-*.zip"))) == 1


def test_requirements_are_the_locks_and_complete() -> None:
    """Every line stands in the lock, with its hashes; what only one machine needs is left out."""
    requirements = function_requirements(LOCK)

    pinned = {line.partition("==")[0] for line in requirements.splitlines() if "==" in line.partition(" ")[0]}
    assert {"functions-framework", "google-cloud-bigquery", "grpcio", "pydantic", "requests", "tzdata"} <= pinned
    assert not pinned & (LOCAL_ONLY | {"pytest", "mypy", "ruff", "hypothesis"})
    assert set(requirements.splitlines()) <= set(LOCK.splitlines())
    assert requirements.count("--hash=") >= len(pinned)


def test_a_lock_that_lacks_something_is_told() -> None:
    """A bundle that could not be installed is not built."""
    with pytest.raises(LookupError, match="make lock"):
        function_requirements("tenacity==9.2.1\n")
