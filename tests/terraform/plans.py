"""A plan as values: what terraform would make, by address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.terraform.workspace import Workspace, lines_of

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A planned resource; `key` is the one of its for_each, None without; `unknown` names what only apply will show."""

    address: str
    type: str
    name: str
    key: str | None
    values: Values
    unknown: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All that is planned."""

    resources: tuple[Resource, ...]

    def of(self, kind: str) -> Iterator[Resource]:
        """Yield the resources of a type."""
        return (resource for resource in self.resources if resource.type == kind)

    def by_key(self, kind: str, name: str) -> dict[str, Values]:
        """Return the values of a resource with for_each, by key."""
        return {str(resource.key): resource.values for resource in self.of(kind) if resource.name == name}


def plan_of(workspace: Workspace, *arguments: str) -> Plan:
    """Return the plan of a workspace, with more arguments of `terraform test`; raise ValueError where there is none."""
    result = workspace.run("test", "-json", "-verbose", "-filter=tests/inspect.tftest.hcl", *arguments)
    plans = [line["test_plan"] for line in lines_of(result) if line.get("type") == "test_plan"]
    if len(plans) != 1 or not isinstance(plans[0], dict):
        raise ValueError(f"there is no plan:\n{result.output}")
    changes = plans[0]["resource_changes"]
    return Plan(resources=tuple(_resource(change) for change in changes if change["mode"] == "managed"))


def _resource(change: Mapping[str, Any]) -> Resource:
    return Resource(
        address=change["address"],
        type=change["type"],
        name=change["name"],
        key=change.get("index"),
        values=change["change"]["after"],
        unknown=frozenset(change["change"]["after_unknown"]),
    )
