"""What goes wrong, and when: each opportunity is decided by the seed, its kind and its number, and by nothing else.

A seed switches a random subset of the kinds on, so that no kind of trouble hides another one for ever.
"""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from sendtrail.simulation.engine.draws import chance


class Fault(StrEnum):
    """A kind of trouble, by where it happens."""

    HTTP_REFUSED = "http: no connection"
    HTTP_ANSWER_LOST = "http: the answer is lost"
    HTTP_CUT = "http: the answer breaks off"
    HTTP_500 = "http: 500"
    HTTP_503 = "http: 503"
    HTTP_429 = "http: 429"
    HTTP_PAGE = "http: a page for people"
    HTTP_EMPTY = "http: an empty body"
    HTTP_SLOW = "http: a slow answer"
    STATE_UNAVAILABLE = "state: unavailable"
    STATE_CONTENTION = "state: a transaction runs again"
    STATE_ANSWER_LOST = "state: the answer of a commit is lost"
    STATE_SLOW = "state: slow"
    QUEUE_UNAVAILABLE = "queue: unavailable"
    QUEUE_PARTLY = "queue: some messages are published, and the call fails"
    QUEUE_DUPLICATE = "queue: a message is delivered twice"
    QUEUE_LATE = "queue: a message is hours late"
    WAREHOUSE_UNAVAILABLE = "warehouse: unavailable"
    WAREHOUSE_ANSWER_LOST = "warehouse: a job succeeds, and the call fails"
    WAREHOUSE_SLOW = "warehouse: slow"
    CRASH = "process: crash"
    FREEZE = "process: frozen"
    OLDER_VERSION = "process: of an earlier version"
    NEWER_VERSION = "process: of a later version"
    PURGE = "operator: purges a queue"
    BACKFILL = "operator: asks for more history"
    FORCE = "operator: has everything read again"
    ONE_CAMPAIGN = "operator: has one campaign read again"
    REPLAY = "operator: seeks a subscription back"
    REVOKED_KEY = "operator: revokes the key for a while"
    DISABLED = "operator: disables the account for a while"
    HANGING = "account: does not answer for hours"
    OLD_STATE = "operator: restores an older copy of the state"
    HTTP_REPORT_ERROR = "http: a report's error, which looks like its end"
    PAUSED = "operator: pauses the account for a while"
    ERASED = "operator: erases a contact"
    HISTORY = "operator: has the next run read more history"
    RESYNC = "operator: has the next run read a campaign again"
    RESET = "operator: has the next run read everything again"
    TAKEN_BACK = "operator: takes back what is wanted"
    QUEUE_GIVES_UP = "queue: a message becomes a dead letter"
    RETRY = "operator: publishes dead letters again"
    WAREHOUSE_OUT = "warehouse: takes no job for hours"
    TABLE_BUSY = "warehouse: statements of others keep a table busy"
    SILENT = "account: does not answer for days, beside others"
    KEY_LOST = "operator: revokes a key for days, beside others"
    HTTP_REPORT_REFUSED = "http: a report is refused"
    NOBODY_SHOWN = "account: its list of contacts is empty for hours"
    NOBODY_FROM_HERE = "account: its list of contacts ends in the middle of a pass, and is empty for a while"
    HTTP_REPORT_END = "http: a report that has rows ends before them"


# How often it happens, of the opportunities there are, where it is switched on.
RATES: Mapping[Fault, float] = {
    Fault.HTTP_REFUSED: 0.03,
    Fault.HTTP_ANSWER_LOST: 0.03,
    Fault.HTTP_CUT: 0.03,
    Fault.HTTP_500: 0.03,
    Fault.HTTP_503: 0.03,
    Fault.HTTP_429: 0.03,
    Fault.HTTP_PAGE: 0.03,
    Fault.HTTP_EMPTY: 0.03,
    Fault.HTTP_SLOW: 0.05,
    Fault.STATE_UNAVAILABLE: 0.02,
    Fault.STATE_CONTENTION: 0.05,
    Fault.STATE_ANSWER_LOST: 0.03,
    Fault.STATE_SLOW: 0.02,
    Fault.QUEUE_UNAVAILABLE: 0.1,
    Fault.QUEUE_PARTLY: 0.1,
    Fault.QUEUE_DUPLICATE: 0.1,
    Fault.QUEUE_LATE: 0.1,
    Fault.WAREHOUSE_UNAVAILABLE: 0.05,
    Fault.WAREHOUSE_ANSWER_LOST: 0.05,
    Fault.WAREHOUSE_SLOW: 0.1,
    Fault.CRASH: 0.02,
    Fault.FREEZE: 0.01,
    Fault.OLDER_VERSION: 0.3,
    Fault.NEWER_VERSION: 0.3,
    Fault.PURGE: 0.1,
    Fault.BACKFILL: 0.1,
    Fault.FORCE: 0.05,
    Fault.ONE_CAMPAIGN: 0.1,
    Fault.REPLAY: 0.1,
    Fault.REVOKED_KEY: 0.05,
    Fault.DISABLED: 0.05,
    Fault.HANGING: 0.05,
    Fault.OLD_STATE: 0.03,
    Fault.HTTP_REPORT_ERROR: 0.03,
    Fault.PAUSED: 0.1,
    Fault.ERASED: 0.1,
    Fault.HISTORY: 0.1,
    Fault.RESYNC: 0.1,
    Fault.RESET: 0.05,
    Fault.TAKEN_BACK: 0.15,
    Fault.QUEUE_GIVES_UP: 0.05,
    Fault.RETRY: 0.3,
    Fault.WAREHOUSE_OUT: 0.05,
    Fault.TABLE_BUSY: 0.05,
    Fault.SILENT: 0.5,
    Fault.KEY_LOST: 0.5,
    Fault.HTTP_REPORT_REFUSED: 0.02,
    Fault.NOBODY_SHOWN: 0.1,
    Fault.NOBODY_FROM_HERE: 0.1,
    Fault.HTTP_REPORT_END: 0.08,
}
SHARE_SWITCHED_ON = 0.35

# The identity of one that happened: its kind, and the number of the opportunity.
Happened = tuple[Fault, int]


@dataclass
class Faults:
    """The faults of one seed; `only` limits them to some of those that happen in it (None: all do)."""

    seed: int
    only: Container[Happened] | None = None
    happened: list[Happened] = field(default_factory=list)
    is_calm: bool = False
    """Whether nothing goes wrong any more."""

    def __post_init__(self) -> None:
        drawn = Random(f"{self.seed}: kinds")
        self.kinds = frozenset(kind for kind in Fault if drawn.random() < SHARE_SWITCHED_ON)
        self._opportunities: Counter[Fault] = Counter()

    def strikes(self, kind: Fault) -> bool:
        """Return whether this opportunity for a kind of fault is taken."""
        if self.is_calm or kind not in self.kinds:
            return False
        number = self._opportunities[kind] = self._opportunities[kind] + 1
        if chance(self.seed, kind, number) >= RATES[kind] or (
            self.only is not None and (kind, number) not in self.only
        ):
            return False
        self.happened.append((kind, number))
        return True
