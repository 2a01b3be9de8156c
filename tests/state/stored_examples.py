"""An example of every stored document, and of each document within one; and what the first version of each had."""

from collections.abc import Mapping
from typing import Any

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.domain.campaign_report import Report, ReportCursor
from sendtrail.domain.messages import Reason
from sendtrail.domain.report_habits import ReportHabits
from sendtrail.domain.stored_counts import SeenRows
from sendtrail.domain.timestamp_meaning import TimestampMeaning
from sendtrail.domain.wants import StillWanted
from sendtrail.rate_limit.gcra import LimitState
from sendtrail.state.account_identity import AccountIdentity
from sendtrail.state.account_pause import AccountPause
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.deleted_campaigns import DeletedCampaigns
from sendtrail.state.erased_list import ErasedList, ErasedTokens
from sendtrail.state.full_lists import FullListsDocument
from sendtrail.state.personal_data import StoredUnderPseudonyms
from sendtrail.state.read_subjects import ReadSubjects
from sendtrail.state.run_usage import RunUsage
from sendtrail.state.stored_comparisons import StoredComparison
from sendtrail.state.stored_habits import AccountHabits
from sendtrail.state.stored_rows import Baseline, CountedTable, LostRows, MergedRows
from sendtrail.state.stored_wants import CampaignsWanted, WantsDocument, Withdrawal
from sendtrail.sync.contacts import ContactsProgress, ContactsSynced
from sendtrail.sync.forecast import Forecast
from sendtrail.sync.progress.campaign_progress import CampaignProgress, ReportRead
from sendtrail.sync.runs.account_failure import AccountFailure
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.stored_run import FailedRun, Run, Summary
from sendtrail.sync.settling import Settling
from sendtrail.sync.subjects.subject_lines import SubjectLines
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

_OPENS = Report.OPENS
_LEASE = Lease(token="t", expires_at=NOON)
_HABITS = ReportHabits(longest=20, sized_at=NOON, uncounted_at=NOON)
_WANTED = CampaignsWanted(campaign_ids=(1, 2), asked_at=NOON, since=NOON, forced_at=NOON)
_STILL = StillWanted(since=NOON, again=True, campaigns=3)
_FORECAST = Forecast(requests=3, rows=60, batches=1)
_SUBJECTS = SubjectLines(read=1, unknown=1, requests=2, problem="p")
_FIGURES = RunFigures(
    ended_at=NOON,
    seconds=1.5,
    requests=3,
    contacts_requests=1,
    refused=0,
    activities_read=3,
    activities_new=2,
    contacts_read=1,
    contacts_changed=1,
    unreadable_rows=0,
    failures=0,
    interrupted=False,
    retries=1,
    bytes_billed=10,
    given_up={"1": "r"},
)
_SUMMARY = Summary(
    run_id="r",
    organization_id="acme",
    campaigns=1,
    due=1,
    published=1,
    forecast=_FORECAST,
    unknown=(7,),
    still_wanted=(_STILL,),
    left_wanted=(_STILL,),
    subjects=_SUBJECTS,
)
_FAILED = FailedRun(at=NOON, reason="f")
_SETTLING = Settling(changed_at=NOON, read_at=NOON, short=1, failed="f", hidden_since=NOON)
_CURSOR = ReportCursor(page=2, descending=True, descents=1, earliest=NOON, message_id="1")
_SEEN = SeenRows(rows=3, times=4, latest=NOON)
_READ = ReportRead(report=_OPENS, message_id="", since=NOON, expected_rows=3, changed_rows=1, expected_events=4)

EXAMPLES: tuple[object, ...] = (
    _LEASE,
    _HABITS,
    _WANTED,
    _STILL,
    _FORECAST,
    _SUBJECTS,
    _FIGURES,
    _SUMMARY,
    _SETTLING,
    _CURSOR,
    _SEEN,
    _READ,
    _FAILED,
    AccountFailure(
        run_id="r",
        reason="f",
        at=NOON,
        since=NOON,
        runs=2,
        run_before=NOON,
        remedy="wait",
        is_published=False,
    ),
    AccountHabits(reports={_OPENS: _HABITS}),
    AccountIdentity(host="acme.api-us1.com", bound_at=NOON, witnesses={1: NOON}),
    AccountPause(paused_at=NOON, reason="a move", resumed_at=NOON),
    AccountStatus(
        run_id="r",
        last_run=NOON,
        campaigns_total=3,
        last_sync_date=NOON,
        timestamp_meanings={_OPENS: TimestampMeaning.FIRST},
        last_success=NOON,
        left_out=1,
    ),
    Baseline(campaigns={1: (3, 3)}),
    CampaignProgress(
        run_id="r",
        reason=Reason.NEW,
        started_at=NOON,
        since=NOON,
        counters={"opens": 1},
        units=[_READ],
        position=_CURSOR,
        missing={_OPENS: 1},
        failed={_OPENS: "f"},
        wanted_at=NOON,
        false_zeros=[_OPENS],
        seen={_OPENS: _SEEN},
        listed_at=NOON,
        latest={_OPENS: NOON},
        uncounted={_OPENS: 1},
    ),
    Checkpoint(
        run_id="r", sequence=3, status=Status.DONE, updated_at=NOON, lease=_LEASE, progress={"a": 1}, synced={"b": 2}
    ),
    ContactsProgress(pass_id="p", started_at=NOON),
    ContactsSynced(pass_id="p", synced_at=NOON, vanished=0),
    CountedTable(identity="i", counted_at=NOON, floor=NOON, rows=3, merged={"acme": 3}),
    DeletedCampaigns(campaigns=[1, 2]),
    ErasedList(fingerprint="f", revision=1, changed_at=NOON),
    StoredUnderPseudonyms(fingerprint="f", chosen_at=NOON),
    ErasedTokens(tokens="0" * 32),
    FullListsDocument(proven_at={"lists": NOON}, full_lists={"lists": "digest"}),
    LimitState(next_free=NOON),
    LostRows(campaigns={1: 1}),
    MergedRows(rows=3, revision=1),
    ReadSubjects(table="t", campaigns={1: 2}, refused_at=NOON),
    Run(
        expires_at=NOON,
        leases={"acme": NOON},
        summaries={"acme": _SUMMARY},
        figures={"acme": _FIGURES},
        failed={"acme": _FAILED},
    ),
    RunUsage(requests=3, throttled_requests=1, retries=2, activities_read=60, activities_new=40, bytes_billed=10),
    StoredComparison(compared_at=NOON, verdicts={1: 1}, found_at={2: 3}, gaps={2: {"opens": (1, 2, 3, 4)}}),
    SyncRecord(
        since=NOON,
        watermarks={_OPENS: NOON},
        counters={"opens": 1},
        synced_at=NOON,
        audited_at=NOON,
        confirmed=True,
        settling={_OPENS: _SETTLING},
        latest={_OPENS: NOON},
    ),
    WantsDocument(wants=(_WANTED,), last_asked_at=NOON, last_run_id="r", withdrawn_at=NOON, backfill_since=NOON),
    Withdrawal(withdrawn_at=NOON),
)
# What the first version of each wrote at least, and has to find: it is read without the rest, and still written.
FIRST_FIELDS: Mapping[str, set[str]] = {
    "AccountFailure": {"run_id", "reason"},
    "AccountHabits": {"reports"},
    "AccountIdentity": {"host", "bound_at"},
    "AccountPause": {"paused_at", "reason", "resumed_at"},
    "AccountStatus": {"run_id", "last_run", "campaigns_total"},
    "Baseline": {"campaigns"},
    "CampaignProgress": {"run_id", "reason", "started_at", "since", "counters", "units"},
    "CampaignsWanted": {"campaign_ids", "asked_at", "since", "forced_at"},
    "Checkpoint": {"run_id", "sequence", "status", "updated_at"},
    "ContactsProgress": {"pass_id", "started_at"},
    "ContactsSynced": {"pass_id", "synced_at", "vanished"},
    "CountedTable": {"identity", "counted_at", "floor", "rows"},
    "DeletedCampaigns": {"campaigns"},
    "ErasedList": {"fingerprint", "revision", "changed_at"},
    "StoredUnderPseudonyms": {"fingerprint", "chosen_at"},
    "ErasedTokens": {"tokens"},
    "Forecast": {"requests", "rows", "batches"},
    "FailedRun": {"at", "reason"},
    "FullListsDocument": {"proven_at", "full_lists"},
    "Lease": {"token", "expires_at"},
    "LimitState": {"next_free"},
    "LostRows": {"campaigns"},
    "MergedRows": {"rows", "revision"},
    "ReadSubjects": {"table", "campaigns", "refused_at"},
    "ReportCursor": {"page", "descending", "descents"},
    "ReportHabits": {"shortest_followed", "longest_followed", "longest", "ends_at_longest", "borders_in_order"},
    "ReportRead": {"report", "message_id", "since"},
    "Run": {"expires_at", "leases", "summaries"},
    "RunFigures": {
        "ended_at",
        "seconds",
        "requests",
        "contacts_requests",
        "refused",
        "activities_read",
        "activities_new",
        "contacts_read",
        "contacts_changed",
        "unreadable_rows",
        "failures",
        "interrupted",
    },
    "RunUsage": {
        "requests",
        "throttled_requests",
        "retries",
        "activities_read",
        "activities_new",
        "unreadable_rows",
        "bytes_billed",
    },
    "SeenRows": {"rows", "times"},
    "Settling": {"changed_at", "read_at"},
    "StillWanted": {"since", "again", "campaigns"},
    "StoredComparison": {"compared_at", "verdicts", "found_at", "gaps"},
    "SubjectLines": {"read", "unknown", "requests"},
    "Summary": {"run_id", "organization_id", "campaigns", "due", "published"},
    "SyncRecord": {"since", "watermarks", "counters", "synced_at", "audited_at", "confirmed"},
    "WantsDocument": {"wants", "last_asked_at", "last_run_id"},
    "Withdrawal": {"withdrawn_at"},
}
EXAMPLE_OF: Mapping[str, Any] = {type(each).__name__: each for each in EXAMPLES}
