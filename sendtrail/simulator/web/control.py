"""`/_simulator`: the truth of the account and the levers that move it; no key needed, no rate counted."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

import orjson
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sendtrail.simulator.account import Account
from sendtrail.simulator.failures import Failure
from sendtrail.simulator.web.envelopes import answer
from sendtrail.simulator.world.new_activity import NewActivity

_BATCH = 500
_FAILURES = TypeAdapter(list[Failure])
_NEW_ACTIVITY = TypeAdapter(list[NewActivity])
_SUCH_AS = '[{"kind": "unavailable", "times": 3, "match": "open_list"}]'
_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


async def stats(request: Request) -> Response:
    """Answer `GET /_simulator/stats`."""
    return answer(_account(request).stats())


async def requests(request: Request) -> Response:
    """Answer `GET /_simulator/requests` with a line of JSON a request, in order."""
    return _lines(list(_account(request).traffic.arrivals))


async def forget(request: Request) -> Response:
    """Answer `DELETE /_simulator/requests`: what came in so far is not counted any more."""
    _account(request).traffic.forget()
    return _done(request)


async def truth(request: Request) -> Response:
    """Answer `GET /_simulator/truth?since=&campaign_id=` with a line of JSON a row."""
    since, campaign_id = _since(request), _campaign_id(request)
    return _lines(_account(request).truth(since, campaign_id))


async def history(request: Request) -> Response:
    """Answer `GET /_simulator/history?since=&campaign_id=` with a line of JSON a state of a row."""
    since, campaign_id = _since(request), _campaign_id(request)
    return _lines(_account(request).history(since, campaign_id))


async def unreadable(request: Request) -> Response:
    """Answer `GET /_simulator/unreadable?campaign_id=` with a line of JSON per row that nobody can read."""
    return _lines(_account(request).unreadable(_campaign_id(request)))


async def pages(request: Request) -> Response:
    """Answer `GET /_simulator/pages?since=` with a line of JSON a report of a message."""
    return _lines(_account(request).pages(_since(request) or _account(request).now))


async def contacts(request: Request) -> Response:
    """Answer `GET /_simulator/contacts` with a line of JSON a contact."""
    return _lines(_account(request).contacts_truth())


async def campaigns(request: Request) -> Response:
    """Answer `GET /_simulator/campaigns` with a line of JSON a campaign."""
    return _lines(_account(request).campaigns_truth())


async def pass_day(request: Request) -> Response:
    """Answer `POST /_simulator/pass_day`."""
    _account(request).pass_day()
    return _done(request)


async def pass_told_day(request: Request) -> Response:
    """Answer `POST /_simulator/pass_told_day`, whose body is a list of new activity as JSON objects."""
    with _complaints():
        _account(request).pass_told_day(_NEW_ACTIVITY.validate_json(await request.body()))
    return _done(request)


async def pass_quiet_day(request: Request) -> Response:
    """Answer `POST /_simulator/pass_quiet_day`."""
    _account(request).pass_quiet_day()
    return _done(request)


async def pass_quiet_hours(request: Request) -> Response:
    """Answer `POST /_simulator/pass_quiet_hours?hours=`."""
    with _complaints():
        _account(request).pass_quiet_hours(float(request.query_params.get("hours", "1")))
    return _done(request)


async def delete_contact(request: Request) -> Response:
    """Answer `POST /_simulator/delete_contact?id=`."""
    with _complaints():
        _account(request).delete_contact(int(request.query_params.get("id", "")))
    return _done(request)


async def settle(request: Request) -> Response:
    """Answer `POST /_simulator/settle`."""
    _account(request).settle()
    return _done(request)


async def inject(request: Request) -> Response:
    """Answer `POST /_simulator/failures`, whose body is a list of failures as JSON objects."""
    with _complaints(f"failures: give a JSON list such as {_SUCH_AS}"):
        failures = _FAILURES.validate_json(await request.body())
    for failure in failures:
        _account(request).fail(failure)
    return _done(request)


async def heal(request: Request) -> Response:
    """Answer `DELETE /_simulator/failures`."""
    _account(request).failures.clear()
    return _done(request)


def _account(request: Request) -> Account:
    account: Account = request.app.state.account
    return account


def _done(request: Request) -> Response:
    return answer({"now": _account(request).now})


def _since(request: Request) -> datetime | None:
    text = request.query_params.get("since")
    with _complaints():
        return _INSTANT.validate_python(text) if text else None


def _campaign_id(request: Request) -> int | None:
    text = request.query_params.get("campaign_id")
    with _complaints():
        return int(text) if text else None


@contextmanager
def _complaints(expected: str = "") -> Iterator[None]:
    """Answer a value that cannot be read with 400 and a sentence, which begins with what is `expected`."""
    try:
        yield
    except ValidationError as invalid:
        found = [
            ": ".join(filter(None, (".".join(map(str, error["loc"])), error["msg"])))
            for error in invalid.errors(include_url=False, include_input=False)
        ]
        raise HTTPException(400, "; ".join(filter(None, (expected, *found)))) from invalid
    except ValueError as invalid:
        raise HTTPException(400, str(invalid)) from invalid


def _lines(rows: Iterable[object]) -> Response:
    return StreamingResponse(_batches(rows), media_type="application/x-ndjson")


async def _batches(rows: Iterable[object]) -> AsyncIterator[bytes]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch)
