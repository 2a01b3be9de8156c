"""Renew the tables in terraform/README.md from the code: `python -m deploy.terraform_docs`.

Reads variables*.tf and outputs.tf as `terraform fmt` leaves them, and fails on anything that it cannot read.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "terraform" / "README.md"
BEGIN = "<!-- The tables are generated: change the .tf files, then run `make docs`. -->"
END = "<!-- End of the generated tables. -->"
COLUMNS = ("Name", "Description", "Type", "Default", "Required")

_TOPIC = re.compile(r"# (.+)")
_BLOCK = re.compile(r'^(?P<kind>variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}$', re.MULTILINE | re.DOTALL)
# An argument ends where the next line is not indented further than its name, but for a closing bracket.
_ARGUMENT = re.compile(r"^  (?P<name>\w+) += (?P<value>.+(?:\n {4,}.*)*(?:\n  [\])}]+)?)$", re.MULTILINE)
_OBJECT = re.compile(r"(?P<before>(?:\w+\()*object)\(\{\n(?P<attributes>.+)\n  \}\)(?P<after>\)*)", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"    (?P<name>\w+) += (?:optional\((?P<optional>\w+(?:\(\w+\))?)(?:, (?P<default>.+?))?\)|(?P<required>\w+))"
    r" +# (?P<description>.+)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A variable, or an attribute of one; without a default it is required."""

    name: str
    description: str
    type: str
    default: str | None
    attributes: "tuple[Input, ...]" = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """The variables of one file."""

    title: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """An output."""

    name: str
    description: str


def main() -> None:
    """Renew the tables of the README."""
    README.write_text(renewed(README.read_text(encoding="utf-8"), README.parent), encoding="utf-8")


def renewed(readme: str, module: Path) -> str:
    """Return a README with the tables of the module in a folder between its markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md must contain {BEGIN!r} and {END!r}")
    return "\n".join([before + begin, "", *_tables(topics(module), outputs(module)), end + after])


def topics(module: Path) -> list[Topic]:
    """Return the variables of a module by topic, which is the first line of their file."""
    return [_topic(file.read_text(encoding="utf-8")) for file in sorted(module.glob("variables*.tf"))]


def outputs(module: Path) -> list[Output]:
    """Return the outputs of a module."""
    blocks = _blocks((module / "outputs.tf").read_text(encoding="utf-8"), kind="output")
    return [Output(name=name, description=_text(arguments["description"])) for name, arguments in blocks]


def _topic(text: str) -> Topic:
    title = _TOPIC.match(text)
    if title is None:
        raise ValueError(f"a file of variables must start with a comment that names its topic, not {text[:40]!r}")
    return Topic(title=title[1], inputs=tuple(_input(*block) for block in _blocks(text, kind="variable")))


def _blocks(text: str, *, kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name and the arguments of each block of a kind."""
    found = [block for block in _BLOCK.finditer(text) if block["kind"] == kind]
    if len(found) != len(re.findall(rf"^{kind}\b", text, re.MULTILINE)):
        raise ValueError(f"a block of the kind {kind} is not as `terraform fmt` leaves it")
    for block in found:
        yield block["name"], {argument["name"]: argument["value"] for argument in _ARGUMENT.finditer(block["body"])}


def _input(name: str, arguments: dict[str, str]) -> Input:
    description, default = _text(arguments["description"]), arguments.get("default")
    if "object(" not in arguments["type"]:
        return Input(name=name, description=description, type=arguments["type"], default=default)
    found = _OBJECT.fullmatch(arguments["type"])
    if found is None:
        raise ValueError(f"{name}: an object must be written with one attribute per line")
    return Input(
        name=name,
        description=description,
        type=found["before"] + found["after"],
        default=default,
        attributes=tuple(_attribute(name, line) for line in found["attributes"].splitlines()),
    )


def _attribute(variable: str, line: str) -> Input:
    found = _ATTRIBUTE.fullmatch(line)
    if found is None:
        raise ValueError(f"{variable}: an attribute must have a simple type and a comment: {line.strip()}")
    return Input(
        name=found["name"],
        description=found["description"],
        type=found["optional"] or found["required"],
        default=(found["default"] or "null") if found["optional"] else None,
    )


def _text(literal: str) -> str:
    """Return the text of a string without interpolation, which is written as in JSON."""
    if "${" in literal or "%{" in literal:
        raise ValueError(f"a description must be a plain string: {literal}")
    return str(json.loads(literal))


def _tables(by_topic: Iterable[Topic], results: Iterable[Output]) -> Iterator[str]:
    yield "## Inputs"
    for topic in by_topic:
        yield from ("", f"### {topic.title}", "")
        yield from _inputs(topic.inputs)
        for each in topic.inputs:
            yield from _attributes(each)
    yield from ("", "## Outputs", "")
    yield from _table(("Name", "Description"), [(f"`{each.name}`", each.description) for each in results])
    yield ""


def _attributes(variable: Input) -> Iterator[str]:
    if variable.attributes:
        which = "Each value of" if variable.type.startswith("map") else "The attributes of"
        yield from ("", f"{which} `{variable.name}`:", "")
        yield from _inputs(variable.attributes)


def _inputs(inputs: Iterable[Input]) -> Iterator[str]:
    return _table(COLUMNS, [_cells(each) for each in inputs])


def _cells(each: Input) -> tuple[str, ...]:
    default, required = ("", "yes") if each.default is None else (f"`{each.default}`", "no")
    return (f"`{each.name}`", each.description, f"`{each.type}`", default, required)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (columns, ("---",) * len(columns), *rows):
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


if __name__ == "__main__":
    main()
