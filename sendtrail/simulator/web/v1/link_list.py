"""The v1 link report: pages over links, each with everybody who clicked it, streamed when they are many."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson
from starlette.responses import Response, StreamingResponse

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks.rows import BadRow
from sendtrail.simulator.web.envelopes import Envelopes
from sendtrail.simulator.web.v1.bad_row_values import bad_row, stream_with
from sendtrail.simulator.web.v1.report_rows import RowWriter
from sendtrail.simulator.world.campaigns import Link, Report

_BATCH = 200
_STREAM_FROM = 400  # info rows on a page
_SHOWN = 20  # clickers of a link who may be deleted under a reader's hands


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """A page of links: the lists of their clicks, and bad links among them."""

    account: Account
    items: Sequence[Report | BadRow]
    envelopes: Envelopes

    @property
    def lists(self) -> list[Report]:
        """Return the lists of clicks on the page."""
        return [item for item in self.items if isinstance(item, Report)]

    def clickers(self) -> list[int]:
        """Return the numbers of some contacts on the page."""
        if not self.account.quirks.deletions_while_reading:
            return []
        numbers = [(self.account.ledger.numbers(report), self.account.view(report)) for report in self.lists]
        return [number(state.member) for number, view in numbers for state in view.slice(0, _SHOWN)]

    def response(self) -> Response:
        """Return the page."""
        parts = self._parts()
        if sum(len(self.account.view(report)) for report in self.lists) < _STREAM_FROM:
            return Response(b"".join(parts), media_type="application/json")
        return StreamingResponse(_streamed(parts), media_type="application/json")

    def _parts(self) -> Iterator[bytes]:
        for n, item in enumerate(self.items):
            yield b'%c"%d":' % (b"," if n else b"{", n)
            yield from self._link(item, n) if isinstance(item, Report) else (self._bad_link(item),)
        yield b"," + self.envelopes.success_tail()

    def _link(self, report: Report, n: int) -> Iterator[bytes]:
        if report.link:
            yield orjson.dumps(self._head(report, report.link))[:-1] + b',"info":'
            yield from self._info(report, n)
            yield b"}"

    def _bad_link(self, kind: BadRow) -> bytes:
        like = {"id": "0", "name": "", "link": f"https://unreadable.example/{kind}", "tracked": "1"}
        return orjson.dumps(bad_row(kind, like | {"a_unique": "5", "a_total": "5", "info": []}))

    def _head(self, report: Report, link: Link) -> dict[str, str]:
        total, unique = self.account.link_totals(report.campaign, link)
        if self.account.quirks.bots_filtered:
            total, unique = total // 2, unique // 2
        return {
            "id": str(link.id),
            "name": link.name,
            "link": link.url,
            "tracked": "1",
            "a_unique": str(unique),
            "a_total": str(total),
        }

    def _info(self, report: Report, n: int) -> Iterator[bytes]:
        quirks, view, writer = self.account.quirks, self.account.view(report), RowWriter(self.account, report)
        bad = writer.bad_rows()
        if not len(view) and not bad:
            yield b'""' if _turn(quirks.empty_info, "string", n) else b"[]"
            return
        rows, keyed = stream_with(bad, writer.rows(view)), _turn(quirks.info_shape, "object", n)
        for start in range(0, len(view) + len(bad), _BATCH):
            batch = list(islice(rows, _BATCH))
            content = {str(start + k): row for k, row in enumerate(batch)} if keyed else batch
            yield (b"," if start else b"{" if keyed else b"[") + orjson.dumps(content)[1:-1]
        yield b"}" if keyed else b"]"


async def _streamed(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await asyncio.sleep(0)  # other requests come in meanwhile, and when they did is counted


def _turn(shape: str, wanted: str, n: int) -> bool:
    return shape == wanted or (shape == "mixed" and n % 2 == 1)
