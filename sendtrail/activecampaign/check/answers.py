"""Requests whose failure is an observation too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sendtrail.activecampaign.check.counted_budget import TooManyRequests
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, items
from sendtrail.errors import SendtrailError

T = TypeVar("T")
Content = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(Generic[T]):
    """What came of a request: a value, or an error; neither where it was not made."""

    action: str
    value: T | None = None
    error: SendtrailError | None = None

    @property
    def was_asked(self) -> bool:
        """Return whether the account has been asked."""
        return self.value is not None or self.error is not None


def ask(client: Client, get: Get, read: Callable[[dict[str, Any]], T]) -> Answer[T]:
    """Return what `read` makes of the answer to a request, or why there is none."""
    try:
        return Answer(action=get.action, value=client.json(get, read))
    except TooManyRequests:
        return Answer(action=get.action)
    except SendtrailError as error:
        return Answer(action=get.action, error=error)


def ask_list(client: Client, path: str, params: Mapping[str, str | int]) -> Answer[Content]:
    """Return a page of a v3 list, which is under the last word of its path."""
    name = path.rpartition("/")[2]

    def read(content: dict[str, Any]) -> Content:
        items(content, name)
        return content

    return ask(client, Get(path=path, params=params, subject=name, max_bytes=MAX_LIST_BYTES), read)
