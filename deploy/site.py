"""Build the site of the project's pages into build/site, a broken link being an error: `python -m deploy.site`.

The pages keep their paths, so that a link that works in the repository works on the site.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = ("*.md", "LICENSE", "docs/**/*.md", "docs/*.png", "docs/terminal/*.svg", "terraform/README.md")


def main() -> None:
    """Build it; the exit code is that of mkdocs."""
    collect(REPOSITORY / "build" / "site-pages")
    # Material for MkDocs prints an advertisement otherwise.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # noqa: TID251  (what another program reads)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    sys.exit(subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode)  # noqa: S603


def collect(folder: Path) -> None:
    """Copy the pages, and what they show, to a folder that has nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for pattern in PAGES:
        for source in REPOSITORY.glob(pattern):
            target = folder / source.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
