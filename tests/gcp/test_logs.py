"""What Cloud Logging is given to read."""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest

from sendtrail.logs import LABELS_FIELD, TRACE_FIELD, configure_json, labels, trace_of, traced, without_addresses

TRACE = "105445aa7843bc8bf206b12000100000"
logger = logging.getLogger("sendtrail.somewhere")

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Log as an entry point does, and give a way to read what was written."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_json("DEBUG", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_one_json_object(lines: Lines) -> None:
    """Line breaks stay inside of it, and the time is aware."""
    logger.warning("two\nlines of %s", "Früh 🌸")

    (entry,) = lines()
    assert (entry["severity"], entry["message"]) == ("WARNING", "two\nlines of Früh 🌸")
    assert entry["time"].endswith("+00:00")


def test_labels_say_what_a_line_is_about(lines: Lines) -> None:
    """Inner labels add to the outer ones, and end with their block."""
    with labels(run_id="run-1"), labels(campaign_id="7", sequence="2"):
        logger.info("inside")
    logger.info("outside")

    inside, outside = lines()
    assert inside[LABELS_FIELD] == {"run_id": "run-1", "campaign_id": "7", "sequence": "2"}
    assert LABELS_FIELD not in outside


def test_a_thread_in_a_copy_of_the_context_has_the_same_labels_and_trace(lines: Lines) -> None:
    """Google's own handler loses them there."""
    with labels(run_id="run-1"), traced({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, project_id="p"):
        thread = threading.Thread(target=copy_context().run, args=(logger.info, "in a thread"))
        thread.start()
        thread.join()

    (entry,) = lines()
    assert entry[LABELS_FIELD] == {"run_id": "run-1"}
    assert entry[TRACE_FIELD] == f"projects/p/traces/{TRACE}"


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"X-Cloud-Trace-Context": f"{TRACE}/1234;o=1"}, f"projects/p/traces/{TRACE}"),
        ({"x-cloud-trace-context": TRACE}, f"projects/p/traces/{TRACE}"),
        ({"Traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, f"projects/p/traces/{TRACE}"),
        ({"X-Cloud-Trace-Context": "garbage\n/1"}, ""),
        ({}, ""),
    ],
)
def test_the_trace_is_the_requests(headers: dict[str, str], trace: str) -> None:
    """Both headers are known, in any case; anything else is no trace."""
    assert trace_of(headers, project_id="p") == trace


@pytest.mark.parametrize(
    "text",
    [
        "no contact ada@example.com in it",
        "email=ada.lovelace+news@mail.example.co.uk, next",
        '{"email":"ada@example.com"}',
        "GET /contacts?email=ada%40example.com&x=1",
        "jürgen@exämple.com",
        "(ada@localhost)",
    ],
)
def test_addresses_are_left_out(lines: Lines, text: str) -> None:
    """Whatever looks like an e-mail address is not logged; at DEBUG it is."""
    logger.info(text)
    logger.debug(text)

    above, at_debug = lines()
    assert "example" not in above["message"].replace("<e-mail address>", "")
    assert "ada" not in above["message"]
    assert at_debug["message"] == text


def test_what_is_no_address_stays() -> None:
    """A decorator and a bare @ are no addresses."""
    assert without_addresses("@cache and a @ b") == "@cache and a @ b"


def test_an_exception_is_logged_with_its_stack_and_without_addresses(lines: Lines) -> None:
    """Error Reporting finds the stack in the message; an address in its text is left out."""
    try:
        raise ValueError("bad row of ada@example.com")
    except ValueError:
        logger.exception("given up")

    (entry,) = lines()
    assert entry["severity"] == "ERROR"
    assert "Traceback (most recent call last)" in entry["message"]
    assert "ValueError: bad row of <e-mail address>" in entry["message"]


def test_what_cannot_be_written_as_json_is_written_as_text(lines: Lines) -> None:
    """A log line never fails the work that it is about."""
    logger.info("%s", object)

    assert "class 'object'" in lines()[0]["message"]
