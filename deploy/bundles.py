"""Build the functions' deployment bundles: `python -m deploy.bundles [FOLDER]` leaves one zip for each in build/.

What ships is an allow-list: the shared package, the function's own folder, `sql/`, and the requirements. Tests, state,
keys and `.env` files can therefore never ship. https://cloud.google.com/run/docs/write-functions#directory-structure
"""

import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from deploy.requirements import function_requirements

REPOSITORY = Path(__file__).resolve().parents[1]
FUNCTIONS = ("dispatcher", "campaign_worker", "contacts_worker")
PACKAGE = "sendtrail"
# Parts of the package for one machine only.
LEFT_OUT = (
    "sendtrail/__main__.py",
    "sendtrail/api.py",
    "sendtrail/cli/",
    "sendtrail/emulators/",
    "sendtrail/local/",
    "sendtrail/report/",
    "sendtrail/simulation/",
    "sendtrail/simulator/",
)
CODE, STATEMENTS = frozenset({".py"}), frozenset({".sql", ".json"})
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say; the same content is the same file whenever it is built
READABLE = 0o644


def main(folder: str = "build") -> None:
    """Build all bundles into a folder, and say which."""
    for bundle in build(REPOSITORY, Path(folder)):
        print(bundle)  # noqa: T201 - this is a command


def build(repository: Path, folder: Path) -> list[Path]:
    """Build the bundle of each function into a folder, in the place of older ones; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    requirements = function_requirements((repository / "requirements.lock").read_text(encoding="utf-8"))
    return [_bundle(repository, folder, function, requirements) for function in FUNCTIONS]


def contents(repository: Path, function: str, requirements: str) -> Mapping[str, bytes]:
    """Return what a function's bundle holds, by path: its main.py at the root, which is where Google looks for it."""
    files = {str(path.relative_to(repository)): path.read_bytes() for path in _shipped(repository, function)}
    entry_point = files.pop(f"{function}/main.py")
    return {**files, "main.py": entry_point, "requirements.txt": requirements.encode()}


def _shipped(repository: Path, function: str) -> Iterator[Path]:
    yield from _files(repository, PACKAGE, CODE)
    yield from _files(repository, function, CODE)
    yield from _files(repository, "sql", STATEMENTS)


def _files(repository: Path, folder: str, suffixes: frozenset[str]) -> Iterator[Path]:
    for path in sorted((repository / folder).rglob("*")):
        relative = path.relative_to(repository)
        if path.suffix in suffixes and path.is_file() and not _is_left_out(relative):
            yield path


def _is_left_out(path: Path) -> bool:
    is_hidden = any(part.startswith((".", "__pycache__")) for part in path.parts)
    is_test = path.name.startswith("test_") or path.name == "conftest.py"
    return is_hidden or is_test or path.as_posix().startswith(LEFT_OUT)


def _bundle(repository: Path, folder: Path, function: str, requirements: str) -> Path:
    held = contents(repository, function, requirements)
    bundle = folder / f"{function}-{_digest(held)}.zip"
    for older in folder.glob(f"{function}-*.zip"):
        older.unlink()
    with ZipFile(bundle, "w", ZIP_DEFLATED) as archive:
        for name in sorted(held):
            entry = ZipInfo(name, date_time=EARLIEST)
            entry.external_attr, entry.create_system, entry.compress_type = READABLE << 16, 3, ZIP_DEFLATED
            archive.writestr(entry, held[name])
    return bundle


def _digest(held: Mapping[str, bytes]) -> str:
    digest = sha256()
    for name in sorted(held):
        digest.update(f"{name}\0{len(held[name])}\0".encode() + held[name])
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main(*sys.argv[1:])
