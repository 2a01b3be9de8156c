"""`sendtrail check` as a person runs it, against a simulated account."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sendtrail.simulator import Account, Network, Plan, Quirks, serve

KEY = "simulated-0123456789-secret"
FAST = ("--requests-per-second", "500")
PLAN = Plan(campaigns=10, openers=60)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the command did."""

    exit_code: int
    output: str
    errors: str
    account: Account
    host: str


Check = Callable[..., Run]


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Check]:
    """Return a way to run the command against an account with some quirks, in a folder of its own."""
    with ExitStack() as stack:

        def run(*options: str, quirks: Quirks | None = None) -> Run:
            account = Account(seed=7, plan=PLAN, quirks=quirks, api_key=KEY, network=Network(rate=500))
            url = stack.enter_context(serve(account)).url
            done = subprocess.run(
                [sys.executable, "-m", "sendtrail", "check", "--api-url", url, *FAST, *options],
                env={"SENDTRAIL_API_KEY": KEY, "PATH": os.environ["PATH"], "COLUMNS": "250"},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            return Run(
                exit_code=done.returncode,
                output=done.stdout,
                errors=done.stderr,
                account=account,
                host=urlsplit(url).netloc,
            )

        yield run


def test_an_account_that_can_be_used_is_shown_as_a_table(check: Check, tmp_path: Path) -> None:
    """A row per thing, few requests, and no file is made."""
    done = check()

    assert done.exit_code == 0, done.errors
    assert "Everything that a sync needs can be used." in done.output
    assert "campaign_report_open_list" in done.output
    assert "a sync of everything" in done.output
    assert done.account.stats().requests <= 30
    assert list(tmp_path.iterdir()) == []


def test_what_is_refused_is_named_and_the_exit_code_says_so(check: Check) -> None:
    """With what to do."""
    done = check(quirks=Quirks(no_permission=("campaign_report_bounce_list",)))

    assert done.exit_code == 1
    assert "Not usable yet: campaign_report_bounce_list." in done.output
    assert "Users and groups" in " ".join(done.output.split())


def test_the_json_holds_every_finding(check: Check) -> None:
    """Nothing else is printed."""
    found = json.loads(check("--json", quirks=Quirks(language="hungarian")).output)

    assert found["is_usable"] is True
    by_name = {each["name"]: each for each in found["findings"]}
    assert by_name["words for the end (v1)"]["seen"] == "“Sikertelen: Nincs visszaadott adat”"
    assert by_name["a sync of everything"]["facts"]["campaigns"] == PLAN.campaigns


def test_the_cost_of_everything_is_that_of_the_plan(check: Check) -> None:
    """Both count the same campaigns."""
    found = json.loads(check("--json", "--all", "--no-contacts").output)

    asked, everything = (each["facts"]["requests"] for each in found["findings"][-2:])
    assert asked == everything > PLAN.campaigns


def test_the_evidence_says_nothing_of_whose_account_it_is(check: Check, tmp_path: Path) -> None:
    """No e-mail address, name, id, host or key is in it; what was odd is."""
    done = check("--evidence", "evidence.json", quirks=Quirks(language="german", no_permission=("/api/3/tags",)))
    text = (tmp_path / "evidence.json").read_text(encoding="utf-8")
    facts = json.loads(text)["findings"]

    assert done.exit_code == 1
    assert facts["tags"]["is_permission_missing"] is True
    assert facts["words for the end (v1)"]["is_documented"] is False
    assert [secret for secret in (KEY, done.host, "@", "://", "Fehlgeschlagen") if secret in text] == []
    assert {name for name in _names(done.account) if name in text} == set()


def test_the_evidence_holds_facts_alone(check: Check, tmp_path: Path) -> None:
    """Its texts are names of fields, errors, reports and findings."""
    check("--evidence", "evidence.json")
    facts = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))["findings"]

    texts = {text for finding in facts.values() for text in _texts(finding)}
    assert {text for text in texts if not text.replace("_", "").isalnum()} == set()


@pytest.mark.parametrize("options", [("--evidence", "nowhere/evidence.json"), ("--requests-per-second", "none")])
def test_wrong_usage_asks_the_account_for_nothing(check: Check, options: tuple[str, ...]) -> None:
    """It is named first."""
    done = check(*options)

    assert done.exit_code == 2
    assert options[0] in done.errors
    assert done.account.stats().requests == 0


def _names(account: Account) -> set[str]:
    """Return what people wrote in an account, and its contacts' addresses."""
    contacts = list(account.contacts_truth())
    campaigns = {campaign.name for campaign in account.campaigns_truth()}
    names = {*campaigns, *(each.email for each in contacts if each.email), *account.tags.values()}
    return {name for name in names if len(name) > 3}


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {text for each in (*value, *value.values()) for text in _texts(each)}
    if isinstance(value, list):
        return {text for each in value for text in _texts(each)}
    return {value} if isinstance(value, str) else set()
