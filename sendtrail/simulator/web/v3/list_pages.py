"""A page of a v3 list: which rows it holds, whether it passes for empty, and what it says of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.web.envelopes import answer

Rows = Sequence[Mapping[str, object]]
_LIES: dict[str, object] = {"null": None, "zero": 0, "zero_string": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which rows of a list a request asks for."""

    account: Account
    path: str
    offset: int
    limit: int

    @classmethod
    def of(cls, request: Request) -> "Window":
        """Return what a request asks for."""
        account: Account = request.app.state.account
        asked = request.query_params
        limit = min(account.quirks.max_limit, max(1, number_in(asked.get("limit"), 20)))
        offset = number_in(asked.get("offset"), 0)
        return cls(account=account, path=request.url.path, offset=offset, limit=limit)

    @property
    def rows(self) -> slice:
        """Return which rows of the list the page holds."""
        return slice(self.offset, self.offset + self.limit)

    def page(self, content: Mapping[str, Rows], *, total: int, skipped: int = 0) -> Response:
        """Return the page; the first rows in its content are what the list is about.

        `total` counts all rows that match, and `skipped` those before them, which a cursor has left behind.
        """
        shown = next(iter(content.values()))
        if shown and self._passes_for_empty(skipped):
            content = dict.fromkeys(content, ())
            shown = ()
        return answer({**content, **_meta(self.account.quirks, total, shown=len(shown))})

    def _passes_for_empty(self, skipped: int) -> bool:
        first, account = skipped + self.offset, self.account
        if 1 + first // self.limit != account.quirks.empty_page_number:
            return False
        return account.empty_pages.strikes((self.path, first), now=int(account.now.timestamp()))


def number_in(text: str | None, otherwise: int) -> int:
    """Return the number that a parameter is, or something else."""
    return int(text) if text and text.isdecimal() else otherwise


def _meta(quirks: Quirks, total: int, *, shown: int) -> Mapping[str, object]:
    if quirks.meta_total == "no_meta":
        return {}
    if quirks.meta_total == "missing":
        return {"meta": {}}
    if quirks.meta_total in _LIES:
        return {"meta": {"total": _LIES[quirks.meta_total]}}
    said = {"page_count": shown, "too_high": total + total // 2 + 1, "too_low": total // 2}.get(
        quirks.meta_total, total
    )
    return {"meta": {"total": said if quirks.ints else str(said)}}
