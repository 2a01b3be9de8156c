"""`python -m benchmarks.find_planted_faults`: how many simulated worlds it takes to notice each planted fault."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from benchmarks.planted_faults import PLANTED
from benchmarks.planted_faults.fault import PlantedFault, with_edits

if TYPE_CHECKING:  # the simulation is imported only after a fault was planted
    from sendtrail.simulation.run import Outcome

FAILURE = 1
DOCUMENT = Path(__file__).parents[1] / "docs" / "simulation.md"
BEGIN, END = "<!-- planted faults: begin -->", "<!-- planted faults: end -->"
HEADER = ("| planted fault | seeds until found | what was noticed |", "|---|---|---|")
SHOWN = 90


class _PlantingLoader(SourceFileLoader):
    """Loads a module with a fault in it, and leaves no compiled file behind."""

    fault: PlantedFault

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the module with the fault."""
        source = self.get_data(self.get_filename(fullname)).decode()
        code: CodeType = self.source_to_code(with_edits(source, self.fault.of(fullname)), self.path)
        return code


class _PlantingFinder(MetaPathFinder):
    """Finds the modules in which a fault is planted."""

    def __init__(self, fault: PlantedFault) -> None:
        self._fault = fault

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where such a module is, None for any other."""
        if not self._fault.of(fullname):
            return None
        found = PathFinder.find_spec(fullname, path, target)  # type: ignore[arg-type]
        if found is None or found.origin is None:
            return None
        loader = _PlantingLoader(fullname, found.origin)
        loader.fault = self._fault
        return spec_from_loader(fullname, loader, origin=found.origin)


def run_seeds(number: int, *, first: int, last: int, is_beside: bool) -> None:
    """Plant a fault in this process, or what is beside it, and print the first seed that notices it, or null."""
    planted = PLANTED[number].beside if is_beside else PLANTED[number]
    if planted:
        sys.meta_path.insert(0, _PlantingFinder(planted))
    from sendtrail.simulation.run import simulate  # noqa: PLC0415 - with the fault

    for seed in range(first, last + 1):
        problem = _problem(partial(simulate, seed))
        if problem:
            sys.stdout.write(json.dumps({"seed": seed, "problem": problem}))
            return
    sys.stdout.write("null")


class Found(TypedDict):
    """A seed that notices a fault, and what it says."""

    seed: int
    problem: str


def first_of_its_own(
    find: Callable[[int], Found | None], is_noticed_without: Callable[[int], bool], *, first: int
) -> Found | None:
    """Return the first seed from `first` on that notices a fault and, without it, not what is planted beside it."""
    while (found := find(first)) and is_noticed_without(found["seed"]):
        first = found["seed"] + 1
    return found


def _problem(run: Callable[[], "Outcome"]) -> str:
    try:
        problems = run().problems
    except Exception as error:  # noqa: BLE001 - a fault that breaks the simulation itself is noticed as well
        return repr(error)
    return str(problems[0]) if problems else ""


def find(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to run at most for each fault.")] = 200,
    first: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Processes to run them in.")] = 2,
    write: Annotated[bool, typer.Option("--write", help="Write each row into docs/simulation.md as it comes.")] = False,
    missing: Annotated[bool, typer.Option("--missing", help="Only those that the document has as not found.")] = False,
) -> None:
    """Plant each fault, run seeds until one notices it, and print a table; exit code 1 where one is not noticed."""
    rows = rows_of(DOCUMENT.read_text(encoding="utf-8"))
    numbers = [n for n, fault in enumerate(PLANTED) if not missing or not is_found(rows.get(fault.name, ""))]
    typer.echo("\n".join(HEADER))
    missed = 0
    for fault, found in _results(numbers, first=first, seeds=seeds, jobs=jobs):
        missed += found is None
        seen = (
            f"{found['seed'] - first + 1} | {found['problem'][:SHOWN].replace('|', '/')} |"
            if found
            else f"not in {seeds} | |"
        )
        rows[fault.name] = f"| {fault.name} | {seen}"
        typer.echo(rows[fault.name])
        if write:
            lines = [*HEADER, *(rows.get(each.name, f"| {each.name} | not run | |") for each in PLANTED)]
            DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), lines), encoding="utf-8")
    if missed:
        raise typer.Exit(FAILURE)


def rows_of(document: str) -> dict[str, str]:
    """Return the rows of the table in a document, by the names of the faults."""
    lines = document.split(BEGIN)[1].split(END, maxsplit=1)[0].strip().splitlines()[len(HEADER) :]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def is_found(row: str) -> bool:
    """Return whether a row says after how many seeds its fault was found."""
    return row.count(" | ") > 1 and row.split(" | ")[1].isdecimal()


def with_table(document: str, lines: Sequence[str]) -> str:
    """Return a document with a table in the place of the one between its two marks."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([before + BEGIN, *lines, END + after])


def _results(
    numbers: Sequence[int], *, first: int, seeds: int, jobs: int
) -> Iterator[tuple[PlantedFault, Found | None]]:
    def run(number: int) -> Found | None:
        find = partial(_first_found, number, last=first + seeds - 1)
        beside = PLANTED[number].beside
        return first_of_its_own(
            find,
            lambda seed: beside is not None and _first_found(number, seed, last=seed, is_beside=True) is not None,
            first=first,
        )

    with ThreadPoolExecutor(jobs) as pool:
        yield from zip((PLANTED[number] for number in numbers), pool.map(run, numbers), strict=True)


def _first_found(number: int, first: int, *, last: int, is_beside: bool = False) -> Found | None:
    """Run seeds in a process of their own, as what is planted in one stays in it."""
    call = f"run_seeds({number}, first={first}, last={last}, is_beside={is_beside})"
    code = f"from benchmarks.find_planted_faults import run_seeds; {call}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: Found | None = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    typer.run(find)
