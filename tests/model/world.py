"""A simulated account, the file that it is synced into, what a person may do to either, and what is wanted."""

import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import duckdb

from sendtrail.cli.demo.proof import Diff, compare
from sendtrail.cli.demo.truth import (
    ACTIVITIES,
    CONTACTS,
    account_activities,
    account_contacts,
    stored_activities,
    stored_contacts,
)
from sendtrail.cli.process.exit_codes import DONE, MISSING, USAGE
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import SendtrailError, SettingsError
from sendtrail.simulator import Account
from sendtrail.sync import sync_record
from sendtrail.sync.read_window import DEFAULT_LOOKBACK
from tests.fakes import WrongClock
from tests.model.faults import Crash, Fuse, tapped

# What the program can do, for rules that ask for it.
KEEPS_WANTS = find_spec("sendtrail.state.stored_wants") is not None
KNOWS_WHOSE_IT_IS = find_spec("sendtrail.sync.pairing") is not None
DOUBTS_CLOCKS = hasattr(sync_record, "credible")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wants:
    """Since when activities are wanted: of all campaigns, and of some."""

    since: datetime | None = None
    of_campaigns: dict[int, datetime] = field(default_factory=dict)

    def plus(self, since: datetime | None, campaigns: tuple[int, ...]) -> "Wants":
        """Return what is wanted after somebody has asked for more."""
        if since is None:
            return self
        if not campaigns:
            return replace(self, since=min(since, self.since or since))
        more = {campaign: min(since, self.of_campaigns.get(campaign, since)) for campaign in campaigns}
        return replace(self, of_campaigns={**self.of_campaigns, **more})

    def since_of(self, campaign: int, *, now: datetime) -> datetime:
        """Return since when a campaign's activities have to be stored."""
        asked = (now - DEFAULT_LOOKBACK, self.since, self.of_campaigns.get(campaign))
        return min(since for since in asked if since is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """An account and where it answers."""

    account: Account
    url: str


class World:
    """One account, one file, one clock; `wants` is what was asked for, `done` what of it a sync has brought in."""

    def __init__(self, served: Served, *, database: Path, now: datetime) -> None:
        self.account, self._served, self.database = served.account, served, database
        self.clock = WrongClock(now)
        self.wants = self.done = Wants()
        self.done_once = False
        self.has_all_contacts = True
        self._copies: list[tuple[Path, Wants, Wants, bool]] = []

    def pass_day(self) -> None:
        """Let a day pass in which campaigns get news and contacts change."""
        self.account.pass_day()
        self.clock.advance(timedelta(days=1).total_seconds())

    def sync(self, fuse: Fuse | None = None, *, served: Served | None = None, **options: Any) -> int:
        """Sync; return the exit code with which the command would end."""
        settings = self._settings(served or self._served, options)
        self.has_all_contacts &= settings.contacts is False
        try:
            with self._open(settings, fuse or Fuse()) as run:
                code = run.sync(RunObserver(on_dispatched=lambda _: self._want(settings))).exit_code
        except Crash:
            return -9
        except SettingsError:
            return USAGE
        except SendtrailError:
            return MISSING
        self.done_once |= code == DONE
        self.has_all_contacts |= code == DONE and settings.contacts is True
        if code == DONE and not settings.campaign:
            self.done = self.wants
        return code

    def wanted_options(self) -> dict[str, Any]:
        """Return the options of a sync that asks for no more than was asked for."""
        is_more = self.wants != Wants()
        return {} if KEEPS_WANTS or not is_more else {"all": True}

    def withdraw(self) -> int:
        """Take back what was not brought in yet."""
        self.wants = self.done
        return self.sync(drop_wants=True)

    def copy(self) -> None:
        """Keep a copy of the file, as a person makes one while no sync runs."""
        folder = self.database.parent / f"copy-{len(self._copies)}"
        folder.mkdir()
        for file in self._files():
            shutil.copy(file, folder)
        self._copies.append((folder, self.wants, self.done, self.has_all_contacts))

    @property
    def copies(self) -> int:
        """Return how many copies there are."""
        return len(self._copies)

    def restore(self, number: int) -> None:
        """Put a copy in place of the file."""
        folder, self.wants, self.done, self.has_all_contacts = self._copies[number]
        for file in self._files():
            file.unlink()
        for file in folder.iterdir():
            shutil.copy(file, self.database.parent)

    def delete_rows(self, one_in: int) -> None:
        """Delete one in so many activities from the file, as a person does with another program."""
        with duckdb.connect(self.database) as connection, suppress(duckdb.CatalogException):  # no sync came so far
            connection.execute(f"DELETE FROM marketing_ai.email_activities WHERE hash(activity_id) % {one_in} = 0")

    def activities(self) -> tuple[Diff, Diff]:
        """Return how the file compares with what is wanted, and with all that was ever there."""
        now = self.clock.now()
        wanted = [
            row for row in self.account.truth()
            if row.activity_timestamp >= self.wants.since_of(row.campaign_id, now=now)
        ]  # fmt: skip
        stored = list(self._stored(ACTIVITIES, stored_activities))
        ever = account_activities(self.account.history())
        return compare(account_activities(wanted), stored), compare(ever, stored)

    def contacts(self) -> Diff:
        """Return how the contacts in the file compare with the account's."""
        there = account_contacts(self.account.contacts_truth())
        return compare(there, self._stored(CONTACTS, stored_contacts))

    def transact(self, change: Callable[[LocalRun], None]) -> None:
        """Change what is stored behind the back of the program."""
        with self._open(self._settings(self._served, {}), Fuse()) as run:
            change(run)

    def _want(self, settings: SyncSettings) -> None:
        self.wants = self.wants.plus(settings.read_since(self.clock.now()), tuple(settings.campaign))

    @contextmanager
    def _open(self, settings: SyncSettings, fuse: Fuse) -> Iterator[LocalRun]:
        with LocalRun(settings, clock=self.clock, stats=RunStats()) as run:
            services = run.adapters.services
            fuse.on_interrupt = run.stop
            run.adapters.services = replace(
                services,
                state=tapped(services.state, fuse),
                warehouse=tapped(services.warehouse, fuse),
                publisher=tapped(services.publisher, fuse),
            )
            yield run

    def _settings(self, served: Served, options: dict[str, Any]) -> SyncSettings:
        return SyncSettings.read(
            {
                "api_url": served.url,
                "api_key": served.account.api_key,
                "database": self.database,
                "requests_per_second": 1_000,
                "concurrency": 1,
                "contacts": True,
                **options,
            }
        )

    def _files(self) -> list[Path]:
        return [file for file in self.database.parent.glob(f"{self.database.name}*") if file.is_file()]

    def _stored(self, sql: str, read: Callable[[Any], Iterator[Hashable]]) -> list[Hashable]:
        with self._open(self._settings(self._served, {}), Fuse()) as run:
            query = sql.format(dataset="marketing_ai")
            return list(read(cast("Any", run.warehouse.query(query, {"organization": "main"}).rows)))
