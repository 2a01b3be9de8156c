"""The campaigns and their links, as the page's script reads them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sendtrail.report import trust
from sendtrail.report.figures import Cohort, Figures, Link, Message
from sendtrail.report.packed import Values, plain

# The most links in the file: it has to stay small, and nobody reads on.
LINKS_SHOWN = 2_500
MOST_OF_AN_ADDRESS = 120
MOST_OF_A_SUBJECT = 120
_EMAIL = re.compile(r"[^\s/?&=:;,<>]+(?:@|%40)[^\s/?&=:;,<>]+", re.IGNORECASE)
HIDDEN = "…"


def campaign_values(figures: Figures) -> list[Values]:
    """Return a row per campaign: its numbers without machines and with them; `sent_at` is a day of the account's."""
    zone = ZoneInfo(figures.time_zone)
    levels = trust.by_campaign(figures.completeness)
    missing = trust.not_covered(figures.completeness)
    return [
        {
            **plain(each),
            "sent_at": each.sent_at and each.sent_at.astimezone(zone).date().isoformat(),
            "campaign_name": each.title,
            "subject": shown_subject(each.subject),
            "trust": levels.get(each.campaign_id, "unknown"),
            "covered": each.campaign_id not in missing,
        }
        for each in figures.sent.campaigns
    ]


def link_values(links: Iterable[Link]) -> list[Values]:
    """Return a row per link, those that most clicked first; without e-mail addresses, which a link may contain."""
    return [{**plain(each), "link_url": shown_url(each.link_url)} for each in list(links)[:LINKS_SHOWN]]


def message_values(messages: Iterable[Message]) -> list[Values]:
    """Return a row per message of the split tests."""
    return [{**plain(each), "subject": shown_subject(each.subject)} for each in messages]


def cohort_values(cohorts: Iterable[Cohort], today: date) -> list[Values]:
    """Return a row per month of first clicks: how many of its contacts clicked in the last month that is over."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return [plain(each) for each in cohorts if each.month == last_month]


def shown_subject(subject: str | None) -> str | None:
    """Return a subject line as it is shown: without e-mail addresses, and not longer than a line or two."""
    shown = _EMAIL.sub(HIDDEN, subject or "")
    return (shown if len(shown) <= MOST_OF_A_SUBJECT else f"{shown[:MOST_OF_A_SUBJECT]}{HIDDEN}") or None


def shown_url(url: str | None) -> str:
    """Return a link's address as it is shown: without e-mail addresses, and not longer than a line or two."""
    shown = _EMAIL.sub(HIDDEN, url or "")
    return shown if len(shown) <= MOST_OF_AN_ADDRESS else f"{shown[:MOST_OF_AN_ADDRESS]}{HIDDEN}"
