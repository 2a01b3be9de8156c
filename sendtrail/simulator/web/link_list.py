"""The v1 link report: pages over links, each with everybody who clicked it, streamed when they are many."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice

import orjson
from starlette.responses import Response, StreamingResponse

from sendtrail.simulator.account import Account
from sendtrail.simulator.web.envelopes import NOTHING, refusal, success_tail
from sendtrail.simulator.web.report_rows import RowWriter
from sendtrail.simulator.world.campaigns import Link, Report

_BATCH = 200
_STREAM_FROM = 400  # info rows on a page


def link_page(account: Account, lists: list[Report]) -> Response:
    """Return a page that lists the links of some click reports."""
    if not lists:
        return refusal(NOTHING)
    parts = _page(account, lists)
    if sum(len(account.view(report)) for report in lists) < _STREAM_FROM:
        return Response(b"".join(parts), media_type="application/json")
    return StreamingResponse(_streamed(parts), media_type="application/json")


async def _streamed(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await asyncio.sleep(0)  # other requests come in meanwhile, and when they did is counted


def _page(account: Account, lists: list[Report]) -> Iterator[bytes]:
    for n, report in enumerate(lists):
        yield b'%c"%d":' % (b"," if n else b"{", n)
        yield from _link(account, report, n)
    yield b"," + success_tail()


def _link(account: Account, report: Report, n: int) -> Iterator[bytes]:
    if report.link:
        yield orjson.dumps(_head(account, report, report.link))[:-1] + b',"info":'
        yield from _info(account, report, n)
        yield b"}"


def _head(account: Account, report: Report, link: Link) -> dict[str, str]:
    total, unique = account.link_totals(report.campaign, link)
    if account.quirks.bots_filtered:
        total, unique = total // 2, unique // 2
    return {
        "id": str(link.id),
        "name": link.name,
        "link": link.url,
        "tracked": "1",
        "a_unique": str(unique),
        "a_total": str(total),
    }


def _info(account: Account, report: Report, n: int) -> Iterator[bytes]:
    view = account.view(report)
    if not len(view):
        yield b'""' if _turn(account.quirks.empty_info, "string", n) else b"[]"
        return
    writer, states, keyed = RowWriter(account, report), iter(view), _turn(account.quirks.info_shape, "object", n)
    for start in range(0, len(view), _BATCH):
        rows = writer.rows(islice(states, _BATCH))
        content = {str(start + k): row for k, row in enumerate(rows)} if keyed else rows
        yield (b"," if start else b"{" if keyed else b"[") + orjson.dumps(content)[1:-1]
    yield b"}" if keyed else b"]"


def _turn(shape: str, wanted: str, n: int) -> bool:
    return shape == wanted or (shape == "mixed" and n % 2 == 1)
