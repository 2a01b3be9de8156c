"""The messages that functions send one another: their only contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, ValidationError

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.request_rate import Priority
from sendtrail.domain.work_item import CONTACTS, WorkItem
from sendtrail.errors import BadMessage
from sendtrail.validation import adapter, problems

# Of another version of the functions, which run side by side during a roll-out, a message may have more fields.
TOLERANT = ConfigDict(extra="ignore", strict=True)

OrganizationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")]
RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")]
CampaignId = Annotated[int, Field(gt=0)]
Sequence = Annotated[int, Field(ge=1)]


class Reason(StrEnum):
    """Why a campaign is to be read."""

    NEW = "new"  # never synced: back to the lookback
    CHANGED = "changed"  # counters moved: the reports that they feed, back to the watermark
    EXTENDED = "extended"  # asked for further back than it was ever read
    CONFIRM = "confirm"  # counters may run ahead of their lists: once more, a while after a change
    AUDIT = "audit"  # unchanged for long: everything again
    FORCED = "forced"  # a person asked: everything again
    UNFINISHED = "unfinished"  # an earlier sync stopped halfway


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncCampaign:
    """Bring a campaign's activities into the warehouse.

    `sequence` grows with every hand-over of this campaign, so an older one is known as a duplicate. `since` is how far
    back to read at least, None for "where the last sync left off". `counters` are the campaign's at dispatch. A
    `backfill` lets incremental work go first. `settle` are reports to read although their counters did not change,
    `standing_rows` those whose rows keep their time, or may, when a contact opens or clicks again, `complete` those of
    which all is stored that the account counted at the last sync, `postponed` those whose wide overlap is left to a
    later run, which knows that. `wanted_at` is when somebody asked for more than the
    changes that it brings: once that is withdrawn, the work stops. `listed_at` is when the account had shown the
    counters. What is older than `kept_since` would expire at once: it is not read.
    """

    __pydantic_config__: ClassVar[ConfigDict] = TOLERANT

    version: Literal[1] = 1
    organization_id: OrganizationId
    campaign_id: CampaignId
    campaign_name: str
    split: bool
    run_id: RunId
    sequence: Sequence
    reason: Reason
    since: AwareDatetime | None
    counters: Mapping[str, int]
    backfill: bool = False
    settle: tuple[Report, ...] = ()
    standing_rows: tuple[Report, ...] = ()
    wanted_at: AwareDatetime | None = None
    complete: tuple[Report, ...] = ()
    listed_at: AwareDatetime | None = None
    kept_since: AwareDatetime | None = None
    postponed: tuple[Report, ...] = ()

    @property
    def item(self) -> WorkItem:
        """Return which piece of work it asks for."""
        return WorkItem(
            organization_id=self.organization_id,
            subject=str(self.campaign_id),
            run_id=self.run_id,
            sequence=self.sequence,
        )

    @property
    def priority(self) -> Priority:
        """Return which part of the account's budget this work may use."""
        return Priority.BACKGROUND if self.backfill else Priority.INCREMENTAL


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncContacts:
    """Bring all contacts of an account into the warehouse, in one full pass."""

    __pydantic_config__: ClassVar[ConfigDict] = TOLERANT

    version: Literal[1] = 1
    organization_id: OrganizationId
    run_id: RunId
    sequence: Sequence

    @property
    def item(self) -> WorkItem:
        """Return which piece of work it asks for."""
        return WorkItem(
            organization_id=self.organization_id, subject=CONTACTS, run_id=self.run_id, sequence=self.sequence
        )

    @property
    def priority(self) -> Priority:
        """Return which part of the account's budget this work may use."""
        return Priority.BACKGROUND


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkFailed:
    """Work that can never succeed as it is: what it was and why, for the failures topic.

    `subject` is the campaign's id, "contacts", or "message" where the message itself could not be read. `of_account`:
    all work of the account fails for this reason, so one such message of a run stands for all.
    """

    __pydantic_config__: ClassVar[ConfigDict] = TOLERANT

    version: Literal[1] = 1
    organization_id: str
    subject: str
    run_id: str
    sequence: int
    reason: str
    failed_at: datetime
    of_account: bool = False


def work_failed(item: WorkItem, *, reason: str, at: datetime, of_account: bool = False) -> WorkFailed:
    """Return the message that says why an item can never succeed."""
    return WorkFailed(
        organization_id=item.organization_id,
        subject=item.subject,
        run_id=item.run_id,
        sequence=item.sequence,
        reason=reason,
        failed_at=at,
        of_account=of_account,
    )


Message = SyncCampaign | SyncContacts | WorkFailed
M = TypeVar("M", SyncCampaign, SyncContacts, WorkFailed)


def encode(message: Message) -> bytes:
    """Return a message as JSON."""
    return adapter(type(message)).dump_json(message)


def decode(kind: type[M], data: bytes) -> M:
    """Read a message of the given kind; raise BadMessage, naming each field that does not fit."""
    try:
        message: M = adapter(kind).validate_json(data)
    except ValidationError as error:
        raise BadMessage(f"not a {kind.__name__} message: {'; '.join(problems(error))}") from None
    return message
