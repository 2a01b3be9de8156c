"""The outcome of a check as a table, as JSON, and as evidence without personal data."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sendtrail.activecampaign.check.finding import Finding
from sendtrail.activecampaign.http.account_words import printable
from sendtrail.plurals import counted

MARKS = {True: Text("ok", style="green"), False: Text("no", style="bold red"), None: Text("?", style="yellow")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was found out, with so many requests."""

    findings: Sequence[Finding]
    requests: int

    @property
    def is_usable(self) -> bool:
        """Return whether everything that a sync needs can be used."""
        return not self.refused

    @property
    def refused(self) -> list[Finding]:
        """Return what a sync needs and cannot use."""
        return [finding for finding in self.findings if finding.is_ok is False]


def print_table(console: Console, outcome: Outcome) -> None:
    """Print a row per finding, and what the whole comes to."""
    table = Table("", "", "seen", "what it means", box=None, pad_edge=False)
    table.columns[1].overflow = "fold"  # a name that is cut off cannot be looked up
    for finding in outcome.findings:
        table.add_row(
            MARKS[finding.is_ok], *(Text(printable(each)) for each in (finding.name, finding.seen, finding.meaning))
        )
    console.print(table)
    names = ", ".join(finding.name for finding in outcome.refused)
    verdict = f"Not usable yet: {names}." if names else "Everything that a sync needs can be used."
    console.print(f"\n{verdict} ({counted(outcome.requests, 'request')})", markup=False, highlight=False)


def written_json(outcome: Outcome) -> str:
    """Return everything as JSON, the account's own words among it."""
    findings = [asdict(finding) for finding in outcome.findings]
    return _json({"is_usable": outcome.is_usable, "requests": outcome.requests, "findings": findings})


def written_evidence(outcome: Outcome) -> str:
    """Return the facts alone: nothing that the account's owner wrote, and nothing that says whose account it is."""
    findings = {finding.name: {"is_ok": finding.is_ok, **finding.facts} for finding in outcome.findings}
    return _json(
        {
            "sendtrail": version("sendtrail"),
            "is_usable": outcome.is_usable,
            "requests": outcome.requests,
            "findings": findings,
        }
    )


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
