"""A simulated account, looked at before its first sync: each of its oddities is seen and named."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sendtrail import simulator
from sendtrail.activecampaign.check.account_check import AccountCheck
from sendtrail.activecampaign.check.counted_budget import MAX_REQUESTS
from sendtrail.activecampaign.check.finding import Finding
from sendtrail.simulator import CampaignPlan, Failure, FailureKind, Network, Plan, Quirks
from tests.activecampaign.scripted_account import CountingBudget, a_connection
from tests.fakes import FakeClock

PAGE = Path(__file__).resolve().parents[2] / "docs" / "check.md"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=130, clickers=30, links=5, bounces=25, unsubscribes=22, forwards=3, sent_days_ago=160),
        CampaignPlan(kind="split", openers=60, clickers=10, links=3, sent_days_ago=12),
        CampaignPlan(kind="automation", openers=45, clickers=9, links=4, sent_days_ago=140),
        CampaignPlan(kind="draft"),
    )
)
ACTIONS = (
    "campaign_report_open_list",
    "campaign_report_link_list",
    "campaign_report_bounce_list",
    "campaign_report_unsubscription_list",
    "campaign_report_forward_list",
)
LISTS = ("campaigns", "contacts", "tags", "lists", "campaignMessages")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The findings by their names, and what they took."""

    findings: Mapping[str, Finding]
    requests: int

    def __getitem__(self, name: str) -> Finding:
        """Return the finding of a name."""
        return self.findings[name]

    @property
    def refused(self) -> set[str]:
        """Return what a sync cannot use."""
        return {name for name, finding in self.findings.items() if finding.is_ok is False}


Check = Callable[..., Checked]


@pytest.fixture
def check(clock: FakeClock) -> Iterator[Check]:
    """Return a way to look at a simulated account with some quirks."""
    with ExitStack() as stack:

        def run(
            *,
            plan: Plan = PLAN,
            rate: int = 0,
            zone: str = "America/Chicago",
            failures: tuple[Failure, ...] = (),
            key: str = "",
            contacts: bool = True,
            **quirks: Any,
        ) -> Checked:
            account = simulator.Account(
                seed=5,
                now=NOW,
                plan=plan,
                quirks=Quirks(**quirks),
                network=Network(rate=rate),
                failures=failures,
            )
            url = stack.enter_context(simulator.serve(account)).url
            connection = a_connection(url, key=key or account.api_key, zone=ZoneInfo(zone))
            checked = AccountCheck(connection, budget=CountingBudget(), clock=clock)
            found = checked.findings(checked.observe(contacts=contacts))
            assert account.stats().requests == checked.budget.requests <= MAX_REQUESTS
            return Checked(findings={each.name: each for each in found}, requests=checked.budget.requests)

        yield run


def test_an_account_without_oddities_can_be_used(check: Check) -> None:
    """Everything is asked for, and nothing is wrong."""
    found = check()

    assert {*ACTIONS, *LISTS} <= set(found.findings)
    assert found.refused == set()
    assert found["page size of reports (v1)"].facts == {
        "rows": 20,
        "is_page_ignored": False,
        "is_last_page_repeated": False,
    }
    assert found["words for the end (v1)"].facts["is_documented"] is True
    assert found["time zone"].meaning == "America/Chicago is right"
    assert found["messageid"].facts["needed_by"] == []
    assert found["counters"].facts == {"missing": [], "unreadable": []}
    assert found["statuses"].facts == {"campaigns": {"0": 1, "1": 1, "5": 2}}
    assert found.requests <= 20


@pytest.mark.parametrize("refusal", ["not_allowed", "status_403"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_report_that_the_key_may_not_read_is_named(check: Check, action: str, refusal: str) -> None:
    """With what to do, and nothing else is blamed."""
    found = check(no_permission=(action,), refusal=refusal)

    assert found.refused == {action}
    assert f"no permission for {action}" in found[action].meaning
    assert "Users and groups" in found[action].meaning
    assert found[action].facts == {"is_permission_missing": True, "error": found[action].facts["error"]}


@pytest.mark.parametrize("name", ["campaigns", "contacts", "tags", "lists"])
def test_a_list_that_the_key_may_not_read_is_named(check: Check, name: str) -> None:
    """Also the first one that is asked for, when nothing speaks for the key yet."""
    found = check(no_permission=(f"/api/3/{name}",))

    assert name in found.refused
    assert f"no permission for /{name};" in found[name].meaning


def test_a_key_without_any_permission_is_a_wrong_key(check: Check) -> None:
    """And costs few requests."""
    found = check(key="another-key")

    assert found.refused == {"base URL and key"}
    assert "does not accept the API key" in found["base URL and key"].meaning
    assert found.requests <= 6


def test_contacts_are_not_asked_for_where_they_are_not_synced(check: Check) -> None:
    """So that a key that may not read them is good enough."""
    found = check(contacts=False, no_permission=("/api/3/contacts", "/api/3/tags", "/api/3/lists"))

    assert found.refused == set()
    assert "contacts" not in found.findings


@pytest.mark.parametrize(("language", "words"), [("hungarian", "Sikertelen: Nincs"), ("german", "Fehlgeschlagen: Es")])
def test_the_words_for_the_end_are_the_accounts_own(check: Check, language: str, words: str) -> None:
    """They are shown to its owner, and not part of the evidence."""
    found = check(language=language)["words for the end (v1)"]

    assert words in found.seen
    assert "another language" in found.meaning
    assert found.facts["is_documented"] is False
    assert found.is_ok


def test_reports_that_need_a_message_are_named(check: Check) -> None:
    """Their rows are there for those who ask per message."""
    found = check(messageid_needed=("click", "forward"), language="hungarian")

    assert found["messageid"].facts["needed_by"] == ["clicks", "forwards"]
    assert found.refused == set()


@pytest.mark.parametrize("total", ["null", "zero", "zero_string", "missing", "no_meta", "too_high", "too_low"])
def test_a_total_that_lies_is_found_out(check: Check, total: str) -> None:
    """By counting the rows."""
    found = check(meta_total=total)["meta.total"]

    assert found.facts["is_true_of_campaigns"] is False
    assert "not to be believed" in found.meaning


def test_a_total_that_counts_the_page_is_found_out(check: Check) -> None:
    """As soon as there is a second page."""
    found = check(meta_total="page_count", max_limit=2)["meta.total"]

    assert found.facts["is_true_of_campaigns"] is False


def test_an_empty_page_before_the_end_is_found_out(check: Check) -> None:
    """It is asked for again, as the total is above what was seen."""
    found = check(empty_page="once", max_limit=2)

    assert found["empty pages of lists (v3)"].facts == {"came_before_the_end_of": ["campaigns", "contacts"]}
    assert found["meta.total"].facts["is_true_of_campaigns"] is True
    assert check()["empty pages of lists (v3)"].facts == {"came_before_the_end_of": []}


def test_a_true_total_is_believed(check: Check) -> None:
    """It is the number of rows."""
    assert check()["meta.total"].facts["is_true_of_campaigns"] is True


def test_pages_that_are_clamped_are_seen(check: Check) -> None:
    """Fewer rows than were asked for, and more on the next page."""
    found = check(max_limit=2)["page size of lists (v3)"]

    assert found.facts == {"asked": 100, "largest": 2, "is_clamped": True}
    assert "50.0 times the requests" in found.meaning


def test_an_ignored_page_is_named(check: Check) -> None:
    """Long reports cannot be read then."""
    found = check(repeated_page="all")

    assert "page size of reports (v1)" in found.refused
    assert "`page` is ignored" in found["page size of reports (v1)"].meaning


def test_a_last_page_that_comes_again_is_no_ignored_page(check: Check) -> None:
    """It is said what the account does past the end, and that nothing is wrong."""
    found = check(past_the_end="last_page")

    assert found["page size of reports (v1)"].facts["is_last_page_repeated"]
    assert found["page size of reports (v1)"].is_ok
    assert "the last page comes again" in found["words for the end (v1)"].meaning
    assert found.refused == set()


def test_a_success_without_rows_is_a_word_for_the_end(check: Check) -> None:
    """The sync takes it for one, too."""
    found = check(past_the_end="success")

    assert "a success without rows" in found["words for the end (v1)"].meaning
    assert found.refused == set()


@pytest.mark.parametrize("size", [10, 50])
def test_another_page_size_is_seen(check: Check, size: int) -> None:
    """And is no reason to worry."""
    found = check(report_page_size=size)["page size of reports (v1)"]

    assert (found.seen, found.is_ok) == (f"{size} rows", True)
    assert "the sync goes by the pages that it sees" in found.meaning


def test_an_ignored_id_greater_is_named(check: Check) -> None:
    """Contacts cannot be read then."""
    assert check(id_greater_ignored=True).refused == {"paging of contacts by id"}


def test_numbers_in_place_of_texts_are_seen(check: Check) -> None:
    """Either is read."""
    assert check(ints=True)["ids"].facts == {"is_integer": True}
    assert check()["ids"].facts == {"is_integer": False}


def test_a_tstamp_that_is_an_hour_behind_is_measured(check: Check) -> None:
    """The zone is right all the same."""
    found = check(tstamp_hour_behind=True)["time zone"]

    assert found.facts["minutes_behind"] == [60]
    assert found.facts["is_offset_of_configured_zone"] is True


def test_a_zone_that_is_not_the_accounts_is_named(check: Check) -> None:
    """With the option to set."""
    found = check(zone="Europe/Berlin")["time zone"]

    assert "set --time-zone" in found.meaning
    assert found.facts["is_offset_of_configured_zone"] is False


def test_times_without_an_offset_are_a_question(check: Check) -> None:
    """Nothing proves the zone."""
    kinds = ("open", "bounce", "unsubscribe", "forward")

    assert check(without_tstamp_iso=kinds)["time zone"].is_ok is None


def test_unreadable_and_missing_counters_are_named(check: Check) -> None:
    """They cost requests."""
    odd = check(odd_counters="thousands", odd_counter_names=("opens",), plan=Plan(campaigns=2, openers=3_000))
    missing = check(odd_counters="missing", odd_counter_names=("forwards",))

    assert odd["counters"].facts["unreadable"] == ["opens"]
    assert missing["counters"].facts["missing"] == ["forwards"]


def test_rare_statuses_are_shown(check: Check) -> None:
    """By number and by name."""
    found = check(rare_statuses=True, plan=Plan(campaigns=12, openers=60))["statuses"]

    assert "6 disabled" in found.seen
    assert "7 pending review" in found.seen


def test_link_data_that_is_not_there_is_no_fault(check: Check) -> None:
    """It is for some accounts only."""
    found = check()["link data (v3)"]

    assert found.facts == {"has_links": False, "has_link_data": False}
    assert found.is_ok


def test_the_rate_headers_are_shown(check: Check) -> None:
    """With the option that fits them."""
    found = check(rate=1_000)["rate headers"]

    assert found.facts["limit"] == 1_000
    assert found.facts["has_remaining"] is True


def test_an_account_that_is_asked_by_others_too_is_seen(check: Check) -> None:
    """It says when it is asked too much."""
    found = check(failures=(Failure(kind=FailureKind.RATE_LIMITED, times=2, match="contacts"),))["rate headers"]

    assert found.facts["times_told_to_wait"] == 2
    assert "--share-kept-free" in found.meaning


def test_an_account_in_trouble_is_asked_no_more(check: Check) -> None:
    """After its first list."""
    found = check(failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))

    assert found.refused == {"base URL and key"}
    assert found.requests == 2


def test_a_failure_that_passes_is_not_noticed(check: Check) -> None:
    """A valid key is refused now and then."""
    assert check(failures=(Failure(kind=FailureKind.FORBIDDEN, every=4, times=None),)).refused == set()


def test_an_account_without_campaigns_is_usable(check: Check) -> None:
    """There is nothing yet to see, and nothing refused."""
    found = check(plan=Plan(sizes=(CampaignPlan(kind="draft"),)))

    assert found.refused == set()
    assert found["messageid"].is_ok is None


def test_everything_odd_at_once_keeps_to_the_limit(check: Check) -> None:
    """What was not asked for says so."""
    found = check(
        plan=Plan(campaigns=40, openers=60),
        max_limit=5,
        messageid_needed=("open", "click", "bounce", "unsubscribe", "forward"),
        no_permission=("/api/3/tags", "/api/3/lists", "campaignMessages"),
        language="german",
    )

    assert {"tags", "lists", "campaignMessages"} <= found.refused
    assert found.requests <= MAX_REQUESTS


def test_the_page_explains_every_finding(check: Check) -> None:
    """By the name that the table shows."""
    first_cells = re.findall(r"^\| (`[^|]*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    explained = {name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)}

    assert set(check().findings) == explained - {"a sync as asked for", "a sync of everything"}
