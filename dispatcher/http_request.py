"""What somebody asks the dispatcher for over HTTP: the Scheduler, or a person."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from re import sub
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from sendtrail.domain.messages import CampaignId, OrganizationId
from sendtrail.errors import BadMessage
from sendtrail.sync.account_groups import accounts_of_group
from sendtrail.sync.due import Request
from sendtrail.validation import problems

JOB_NAME, SCHEDULE_TIME = "x-cloudscheduler-jobname", "x-cloudscheduler-scheduletime"
MAX_JOB_NAME = 40
MAX_GROUPS = 24


class DispatchRequest(BaseModel):
    """The body of a request, every field of which may be left out.

    Without `organization_id` all enabled accounts are dispatched; without `campaign_ids` all campaigns, with an empty
    list none. Contacts are read as well, unless campaigns are named; `contacts` says otherwise. `since` is how far back
    everything is wanted; `force` reads all of it again. Both are kept until they are done; `cancel_backfill` drops what
    is still wanted, and asks for nothing. Of so many `groups` of accounts, `group` (from 0 on) is dispatched.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    organization_id: OrganizationId | None = None
    campaign_ids: Annotated[list[CampaignId], Field(max_length=10_000)] | None = None
    since: AwareDatetime | None = None
    contacts: bool | None = None
    force: bool = False
    cancel_backfill: bool = False
    groups: Annotated[int, Field(ge=1, le=MAX_GROUPS)] = 1
    group: Annotated[int, Field(ge=0)] = 0

    @field_validator("cancel_backfill", mode="after")
    @classmethod
    def _check_that_nothing_is_asked_for(cls, cancel: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if cancel and (info.data.get("since") or info.data.get("force") or info.data.get("campaign_ids") is not None):
            raise ValueError("it drops all that is wanted of an account: leave out since, force and campaign_ids")
        return cancel

    @field_validator("group", mode="after")
    @classmethod
    def _check_group(cls, group: int, info: ValidationInfo) -> int:
        if group >= info.data.get("groups", MAX_GROUPS):
            raise ValueError("groups are numbered from 0 on: it is below `groups`")
        return group

    def accounts(self, enabled: Callable[[], Iterable[str]]) -> list[str]:
        """Return the accounts that are asked for; `enabled` returns all that are switched on."""
        if self.organization_id:
            return [self.organization_id]
        return accounts_of_group(enabled(), group=self.group, groups=self.groups)

    def of(self, organization_id: str, *, run_id: str) -> Request:
        """Return what is asked for of one account."""
        return Request(
            organization_id=organization_id,
            run_id=run_id,
            campaign_ids=None if self.campaign_ids is None else frozenset(self.campaign_ids),
            since=self.since,
            contacts=not self.campaign_ids if self.contacts is None else self.contacts,
            force=self.force,
        )


def read_request(body: bytes) -> DispatchRequest:
    """Read the body of a request; raise BadMessage, naming each field that does not fit."""
    try:
        return DispatchRequest.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise BadMessage("; ".join(problems(error))) from None


def run_id_of(headers: Mapping[str, str], *, now: datetime, new_token: str) -> str:
    """Return the id of the run: the same for the same job and schedule time, which may be delivered twice."""
    named = {name.lower(): value for name, value in headers.items()}
    scheduled = named.get(SCHEDULE_TIME)
    if not scheduled:
        return f"{now:%Y%m%dT%H%M%SZ}-{new_token[:8]}"
    try:
        moment = datetime.fromisoformat(scheduled).astimezone(UTC)
    except ValueError:
        raise BadMessage(f"{SCHEDULE_TIME} is no time") from None
    name = named.get(JOB_NAME, "").rpartition("/")[2]  # projects/<project>/locations/<location>/jobs/<job>, or the job
    job = sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[-MAX_JOB_NAME:].strip("-")
    return f"{moment:%Y%m%dT%H%M%SZ}" + (f"-{job}" if job else "")
