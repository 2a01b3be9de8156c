"""`sendtrail retry`: what becomes of failures, and dead letters that go back to their topic."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sendtrail.cli.operate.retry_command import chosen_failures, retried_lines
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.warehouse_settings import DEFAULT_INSTALLATION
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.emulators.queues import Queues
from sendtrail.errors import SettingsError
from sendtrail.ports import State, Topic
from sendtrail.state.documents import campaign_path, to_document
from sendtrail.sync.overview.failures import Failed
from tests.fakes import NOON
from tests.operate.conftest import MakePlace, Place, put

FOUND = [
    ("acme", Failed(subject="7", reason="rows are refused", advice="the next run tries it again")),
    ("acme", Failed(subject="contacts", reason="no answer", advice="the next run tries it again")),
]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the developer's own `.env` out of it."""
    monkeypatch.chdir(tmp_path)


def fill(state: State) -> None:
    """Store a campaign that failed."""
    failed = Checkpoint(run_id="run1", sequence=1, status=Status.FAILED, updated_at=NOON, reason="rows are refused")
    put(state, campaign_path("acme", 7), to_document(failed))


@pytest.fixture
def queues(make_place: MakePlace, pubsub_address: str) -> Iterator[tuple[Place, Queues]]:
    """Give a project with an account, and its topics and dead-letter subscriptions."""
    place = make_place("acme")
    place.environment["PUBSUB_EMULATOR_HOST"] = pubsub_address
    with closing(Queues(place.options[1], emulator=pubsub_address)) as queues:
        for topic in (Topic.CAMPAIGNS, Topic.CONTACTS):
            name = f"{DEFAULT_INSTALLATION}-{topic}"
            for each in (name, f"{name}-dead-letter"):
                queues.create_topic(each)
                queues.pull(each, name=each)
        yield place, queues


@pytest.mark.parametrize("make_place", ["google"], indirect=True)
def test_dead_letters_go_back_to_their_topic(queues: tuple[Place, Queues]) -> None:
    """Each to its own, and none is left behind."""
    place, them = queues
    place.reading(fill)
    them.publish("sendtrail-campaigns-dead-letter", b"one", b"two")

    said = place.say("retry")

    assert "acme: campaign 7: the next run tries it again" in said
    assert "2 dead letters of campaigns are published again" in said
    assert "0 dead letters of contacts are published again" in said
    assert sorted(them.waiting("sendtrail-campaigns")) == [b"one", b"two"]
    assert them.waiting("sendtrail-campaigns-dead-letter") == them.waiting("sendtrail-contacts") == []


@pytest.mark.parametrize("make_place", ["local"], indirect=True)
def test_on_one_machine_the_next_sync_tries_it(make_place: MakePlace) -> None:
    """The command that does is named."""
    place = make_place("acme")
    nothing = place.say("retry")
    place.reading(fill)

    assert nothing == "Nothing has failed.\n"
    assert place.say("retry", "7").endswith("To start that run now: sendtrail sync --campaign 7\n")


def test_one_of_several_failures_is_chosen() -> None:
    """All of them where none is named."""
    assert chosen_failures(FOUND, []) == FOUND
    assert chosen_failures(FOUND, ["contacts"]) == FOUND[1:]
    with pytest.raises(SettingsError, match="8 has not failed"):
        chosen_failures(FOUND, ["7", "8"])


def test_a_whole_sync_is_named_where_not_only_campaigns_have_failed() -> None:
    """One of named campaigns would leave the contacts out."""
    *_, last = retried_lines(FOUND, settings=OperatorSettings.read({}))

    assert last == "To start that run now: sendtrail sync"
