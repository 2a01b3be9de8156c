"""Keep a released version for the tests: `python -m deploy.earlier_version v0.2.0`.

What its bundles are built from is archived; `tests/e2e_gcp` runs its functions beside those of today. It is a file of
the repository, as a shallow clone has no history and no test may need a network. Until the first release it is of a
commit of the main branch.
"""

import lzma
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from deploy.bundles import FUNCTIONS, LEFT_OUT, PACKAGE, REPOSITORY

ARCHIVE = REPOSITORY / "tests" / "e2e_gcp" / "earlier_version.tar.xz"
CHANGELOG = "CHANGELOG.md"
KEPT = (*FUNCTIONS, PACKAGE, "sql", "deploy", "requirements.lock", CHANGELOG)
_RELEASED = re.compile(r"^## \[?v?(\d+\.\d+\.\d+)", re.MULTILINE)


def main(revision: str) -> None:
    """Replace the archive by one of a revision, and say which version that is."""
    keep(revision, repository=REPOSITORY, archive=ARCHIVE)
    version = last_released(changelog_of(ARCHIVE)) or "before the first release"
    print(f"{ARCHIVE.relative_to(REPOSITORY)}: {version}")  # noqa: T201 - this is a command


def keep(revision: str, *, repository: Path, archive: Path) -> None:
    """Write what the bundles of a revision are built from; raise CalledProcessError where git does not know it."""
    left_out = [f":(exclude){path}" for path in LEFT_OUT]
    command = ["git", "archive", "--format=tar", revision, "--", *KEPT, *left_out]
    found = subprocess.run(command, cwd=repository, check=True, stdout=subprocess.PIPE)  # noqa: S603 - fixed but for the revision
    archive.write_bytes(lzma.compress(found.stdout, preset=lzma.PRESET_EXTREME))


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive into a folder."""
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")


def changelog_of(archive: Path) -> str:
    """Return the changelog in an archive."""
    with tarfile.open(archive) as source, source.extractfile(CHANGELOG) as file:  # type: ignore[union-attr]
        return file.read().decode()


def last_released(changelog: str) -> str | None:
    """Return the newest version that a changelog has a heading of, None where nothing was released."""
    found = _RELEASED.search(changelog)
    return found and found[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
