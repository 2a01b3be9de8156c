"""What machines did, in plain Python: written from docs/views.md, for machine_activity to be compared with."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

Row = Mapping[str, Any]
Verdict = tuple[str, datetime | None]  # the rule, and when its evidence was together; None if it only doubts
SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND


class Mail(NamedTuple):
    """A message to a contact."""

    campaign: int
    message: str
    contact: str


class Click(NamedTuple):
    """A click of a contact on a link of a message."""

    at: datetime
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Burst:
    """Clicks on one message without a pause of more than 10 seconds, and what they show."""

    mail: Mail
    clicks: Sequence[Click]
    is_unopened: bool
    sent_at: datetime | None

    @property
    def began_at(self) -> datetime:
        """Return when it began."""
        return self.clicks[0].at

    def within(self, span: timedelta) -> bool:
        """Return whether it began this soon after the send to everybody."""
        return self.sent_at is not None and self.sent_at <= self.began_at <= self.sent_at + span

    @property
    def overwhelmed_at(self) -> datetime | None:
        """Return when there were 3 links within a second, and one more for every 0.75 seconds."""
        return self._first(3, lambda links: 1 + 0.75 * (links - 3))

    @property
    def paired_at(self) -> datetime | None:
        """Return when there were 2 links within 3 seconds."""
        return self._first(2, lambda _: 3)

    def _first(self, least: int, seconds: Any) -> datetime | None:
        for number, click in enumerate(self.clicks, start=1):
            links = len({each.link for each in self.clicks[:number]})
            if links >= least and click.at - self.began_at <= seconds(links) * SECOND:
                return click.at
        return None


@dataclass(kw_only=True, slots=True)
class Account:
    """The observations of an account, as the rules look at them."""

    rows: Sequence[Row]
    sends: Mapping[int, datetime]  # of one-time campaigns
    honeypots: Sequence[str]
    clicks: dict[Mail, list[Click]] = field(init=False)
    bursts: list[Burst] = field(init=False)
    visits: list[tuple[Mail, Sequence[Click], datetime]] = field(init=False)
    traps: dict[Mail, datetime] = field(init=False)

    def __post_init__(self) -> None:
        """Find clicks, bursts, complete visits and clicks on honeypots."""
        clicks: defaultdict[Mail, set[Click]] = defaultdict(set)
        for row in self.of("click"):
            clicks[mail_of(row)].add(Click(at_of(row), row["link_id"]))
        self.clicks = {mail: sorted(found) for mail, found in clicks.items()}
        self.bursts = [
            Burst(
                mail=mail,
                clicks=part,
                is_unopened=self._is_unopened(mail, part[0].at),
                sent_at=self.sends.get(mail.campaign),
            )
            for mail, found in self.clicks.items()
            for part in split(found, 10 * SECOND)
        ]
        visits = [(mail, part) for mail, found in self.clicks.items() for part in split(found, 120 * SECOND)]
        self.visits = [(mail, part, at) for mail, part in visits if (at := self._complete_at(mail, part))]
        self.traps = {}
        for row in sorted(self.of("click"), key=at_of):
            if any(part in row["link_url"].lower() for part in self.honeypots):
                self.traps.setdefault(mail_of(row), at_of(row))

    def of(self, event_type: str) -> list[Row]:
        """Return the observations of a type."""
        return [row for row in self.rows if row["event_type"] == event_type]

    def _is_unopened(self, mail: Mail, at: datetime) -> bool:
        opens = [at_of(row) for row in self.of("open") if mail_of(row)[::2] == mail[::2]]
        return not opens or min(opens) >= at - 2 * SECOND

    def _complete_at(self, mail: Mail, visit: Sequence[Click]) -> datetime | None:
        firsts: dict[str, datetime] = {}
        for other, found in self.clicks.items():
            if other[:2] == mail[:2]:
                for click in found:
                    firsts[click.link] = min(firsts.get(click.link, click.at), click.at)
        for at in sorted({click.at for click in visit}):
            links = len({click.link for click in visit if click.at <= at})
            if links >= 5 and links >= 0.9 * sum(first <= at for first in firsts.values()):
                return at
        return None

    def scanned(self) -> dict[str, datetime]:
        """Return since when each contact is known: its mail was scanned in two campaigns."""
        found: defaultdict[tuple[str, int], list[datetime]] = defaultdict(list)
        for burst in self.bursts:
            key = burst.mail.contact, burst.mail.campaign
            found[key] += [burst.overwhelmed_at] if burst.overwhelmed_at else []
            if burst.paired_at and burst.is_unopened and burst.within(30 * MINUTE):
                found[key].append(burst.paired_at)
        for mail, _, at in self.visits:
            found[mail.contact, mail.campaign].append(at)
        for mail, at in self.traps.items():
            found[mail.contact, mail.campaign].append(at)
        campaigns: defaultdict[str, list[datetime]] = defaultdict(list)
        for (contact, _), times in found.items():
            campaigns[contact] += [min(times)] if times else []
        return {contact: sorted(times)[1] for contact, times in campaigns.items() if len(times) > 1}

    def members(self) -> dict[str, dict[str, datetime]]:
        """Return the contacts that clicked from an address of each domain, and since when."""
        found: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        for row in self.of("click"):
            first = found[domain_of(row)].get(row["contact_id"], at_of(row))
            found[domain_of(row)][row["contact_id"]] = min(first, at_of(row))
        return found


def verdicts(rows: Sequence[Row], *, sends: Mapping[int, datetime], honeypots: Sequence[str]) -> dict[Any, Verdict]:
    """Return the verdict on each observation that a rule finds."""
    account = Account(rows=rows, sends=sends, honeypots=honeypots)
    found: defaultdict[Any, list[Verdict]] = defaultdict(list)
    clicked = [*_burst_verdicts(account), *_visit_verdicts(account)]
    for mail, click, verdict in clicked:
        found[_first_of(account.of("click"), mail, click.link, click.at)].append(verdict)
    for mail, at, verdict in [*_opens_with(account, clicked), *_at_send(account), *_repeated(account)]:
        found[_first_of(account.of("open"), mail, None, at)].append(verdict)
    for row, verdict in _trapped(account):
        found[key_of(row)].append(verdict)
    return {key: min(each, key=lambda verdict: (verdict[1] is None, verdict[::-1])) for key, each in found.items()}


def _burst_verdicts(account: Account) -> Iterator[tuple[Mail, Click, Verdict]]:
    since, domains = account.scanned(), _known_domains(account)
    members = account.members()
    for burst in account.bursts:
        contact = burst.mail.contact
        is_known = since.get(contact, burst.began_at) < burst.began_at or any(
            at < burst.began_at and contact in members[domain] and members[domain][contact] <= burst.began_at
            for domain, at in domains.items()
        )
        repeated_at = burst.began_at if burst.within(30 * MINUTE) else burst.paired_at
        times = {
            "click_burst": burst.overwhelmed_at,
            "click_at_send": burst.began_at if burst.within(MINUTE) and burst.is_unopened else None,
            "click_repeated": repeated_at if is_known and burst.is_unopened else None,
        }
        for click in burst.clicks:
            for rule, at in times.items():
                if at:
                    yield burst.mail, click, (rule, max(click.at, at))
            if burst.paired_at:
                yield burst.mail, click, ("click_doubtful", None)


def _known_domains(account: Account) -> dict[str, datetime]:
    """Return the domains of whose clicking contacts half are known, 3 at least, and since when."""
    since = account.scanned()
    found: dict[str, datetime] = {}
    for domain, members in account.members().items():
        known = sorted(max(at, since[contact]) for contact, at in members.items() if contact in since)
        for number, at in enumerate(known, start=1):
            if number >= 3 and number >= 0.5 * sum(first <= at for first in members.values()):
                found.setdefault(domain, at)
    return found


def _visit_verdicts(account: Account) -> Iterator[tuple[Mail, Click, Verdict]]:
    for mail, visit, at in account.visits:
        for click in visit:
            yield mail, click, ("click_all_links", max(click.at, at))


def _opens_with(
    account: Account, clicked: Sequence[tuple[Mail, Click, Verdict]]
) -> Iterator[tuple[Mail, datetime, Any]]:
    for row in account.of("open"):
        mail, at = mail_of(row), at_of(row)
        times = [
            max(at, since)
            for other, click, (_, since) in clicked
            if since and other[::2] == mail[::2] and abs(click.at - at) <= 10 * SECOND
        ]
        if times:
            yield mail, at, ("open_with_clicks", min(times))


def _early(account: Account) -> Iterator[tuple[Row, datetime, str]]:
    """Yield opens within an hour of the send to everybody, with the time of the send and the domain."""
    for row in account.of("open"):
        sent = account.sends.get(row["campaign_id"])
        if sent and sent <= at_of(row) <= sent + 60 * MINUTE:
            yield row, sent, domain_of(row)


def _at_send(account: Account) -> Iterator[tuple[Mail, datetime, Verdict]]:
    early = list(_early(account))
    for row, sent, domain in early:
        others = [(r, s) for r, s, d in early if (d, r["campaign_id"]) == (domain, row["campaign_id"])]
        at_once = {r["contact_id"] for r, s in others if at_of(r) <= s + MINUTE}
        everybody = {r["contact_id"] for r, _ in others}
        if at_of(row) <= sent + MINUTE and len(at_once) >= 3 and len(at_once) >= 0.5 * len(everybody):
            yield mail_of(row), at_of(row), ("open_domain_at_send", sent + 60 * MINUTE)


def _repeated(account: Account) -> Iterator[tuple[Mail, datetime, Verdict]]:
    early = list(_early(account))
    gateways = {domain: at for domain in {d for *_, d in early} if (at := _gateway_since(early, domain))}
    firsts: dict[Mail, Row] = {}
    for row, sent, domain in sorted(early, key=lambda each: (at_of(each[0]), each[0]["times"])):
        if domain in gateways and gateways[domain] < sent:
            firsts.setdefault(mail_of(row), row)
    for mail, row in firsts.items():
        if row["times"] == 1:
            yield mail, at_of(row), ("open_domain_repeated", at_of(row))


def _gateway_since(early: Sequence[tuple[Row, datetime, str]], domain: str) -> datetime | None:
    """Return when, in a third campaign, nine in ten who had opened early before did so again, 3 at least."""
    openers: defaultdict[tuple[datetime, int], set[str]] = defaultdict(set)
    for row, sent, found in early:
        if found == domain:
            openers[sent, row["campaign_id"]].add(row["contact_id"])
    covered = []
    for sent, campaign in sorted(openers):
        before = set().union(*(who for (earlier, _), who in openers.items() if earlier < sent))
        again = len(openers[sent, campaign] & before)
        covered += [sent + 60 * MINUTE] if again >= 3 and again >= 0.9 * len(before) else []
    return covered[2] if len(covered) >= 3 else None


def _trapped(account: Account) -> Iterator[tuple[Row, Verdict]]:
    for row in [*account.of("click"), *account.of("open")]:
        since = account.traps.get(mail_of(row))
        if since is None or at_of(row) < since:
            continue
        if at_of(row) - since <= 10 * MINUTE:
            yield row, (f"{row['event_type']}_honeypot", at_of(row))
        elif row["event_type"] == "click":
            yield row, ("click_after_honeypot", None)


def split(clicks: Sequence[Click], pause: timedelta) -> list[list[Click]]:
    """Return clicks in parts, where a pause is longer than this."""
    parts = [[clicks[0]]]
    for before, click in pairwise(clicks):
        if click.at - before.at > pause:
            parts.append([])
        parts[-1].append(click)
    return parts


def key_of(row: Row) -> Any:
    """Return what identifies an observation."""
    return (*mail_of(row), row["event_type"], row["link_id"], at_of(row), row["times"])


def _first_of(rows: Sequence[Row], mail: Mail, link: str | None, at: datetime) -> Any:
    """Return the key of the first observation at a time: the count of a later one grew some time after it."""
    same = [row for row in rows if mail_of(row) == mail and row["link_id"] == link and at_of(row) == at]
    return key_of(min(same, key=lambda row: row["times"]))


def mail_of(row: Row) -> Mail:
    """Return the message, and whom it was sent to."""
    return Mail(row["campaign_id"], row["message_id"], row["contact_id"])


def at_of(row: Row) -> datetime:
    """Return the time of an observation."""
    return datetime.fromisoformat(row["activity_timestamp"])


def domain_of(row: Row) -> str:
    """Return the mail domain that the contact had then."""
    return str(row["contact_email"]).strip().lower().partition("@")[2]
