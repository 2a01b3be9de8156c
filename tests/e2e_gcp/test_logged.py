"""What the tests read of a function's log while it writes."""

import json

from tests.e2e_gcp.production import logged

LINES = [{"event": "run_dispatched", "account": "Café"}, {"event": "delivery_ended", "text": "one\u2028line"}]
LOG = "".join(["[INFO] Booting worker\n", *(json.dumps(each, ensure_ascii=False) + "\n" for each in LINES)]).encode()


def test_whatever_is_written_so_far_can_be_read() -> None:
    """The last line counts once it is complete, wherever the log ends, be it within a character."""
    for end in range(len(LOG) + 1):
        seen = list(logged(LOG[:end]))
        assert seen == LINES[: len(seen)]
        assert len(seen) == max(0, LOG[:end].count(b"\n") - 1)
