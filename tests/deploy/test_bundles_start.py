"""A bundle is all that a function needs: unpacked, with nothing but its requirements installed, it starts."""

import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest
from google.cloud.pubsub_v1 import SubscriberClient

from deploy.bundles import FUNCTIONS, REPOSITORY, build
from sendtrail.emulators.processes import free_ports
from sendtrail.gcp import clients

PROJECT = "bundle-test"
TARGETS = {"dispatcher": "dispatch", "campaign_worker": "sync_campaign", "contacts_worker": "sync_contacts"}
START_S, INSTALL_S = 60, 600
PUSHED = {
    "message": {"data": b64encode(b'{"version": 7}').decode(), "messageId": "1", "publishTime": "2025-06-01T12:00:00Z"},
    "subscription": f"projects/{PROJECT}/subscriptions/pushed",
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Unpack each function's bundle into an empty folder."""
    folders = {}
    for bundle in build(REPOSITORY, tmp_path_factory.mktemp("build")):
        function = next(name for name in FUNCTIONS if bundle.name.startswith(name))
        folders[function] = tmp_path_factory.mktemp(function)
        with ZipFile(bundle) as archive:
            archive.extractall(folders[function])
    return folders


@pytest.fixture(scope="module")
def python(unpacked: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the requirements, which are the same for all and complete, and nothing else."""
    (requirements,) = {(folder / "requirements.txt").read_text(encoding="utf-8") for folder in unpacked.values()}
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    file = environment / "requirements.txt"
    file.write_text(requirements, encoding="utf-8")
    pip = str(environment / "bin/pip")
    # Older pips pass over the pin of a package that another one asks for with an extra: nothing is to be resolved.
    install = [pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([*install, "--requirement", str(file)], check=True, timeout=INSTALL_S)
    subprocess.run([pip, "check"], check=True, timeout=INSTALL_S)
    return environment / "bin/python"


@contextmanager
def started(python: Path, folder: Path, function: str, environment: Mapping[str, str]) -> Iterator[HTTPConnection]:
    """Start a function as Google does, and give a connection to it."""
    (port,) = free_ports(1)
    command = [str(python), "-m", "functions_framework", "--target", TARGETS[function], "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"], cwd=folder, env=dict(environment), stdout=output, stderr=output
        )
    try:
        with closing(_connected(port, process, log)) as connection:
            yield connection
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _connected(port: int, process: "subprocess.Popen[bytes]", log: Path) -> HTTPConnection:
    deadline = time.monotonic() + START_S
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        connection = HTTPConnection("127.0.0.1", port, timeout=START_S)
        try:
            connection.connect()
        except OSError:
            connection.close()
            time.sleep(0.1)
        else:
            return connection


@pytest.fixture
def environment(pubsub_address: str, firestore_address: str) -> Mapping[str, str]:
    """Return the variables of a function that finds emulators in the place of Google's services."""
    return {
        "PATH": os.environ["PATH"],
        "SENDTRAIL_PROJECT_ID": PROJECT,
        "PUBSUB_EMULATOR_HOST": pubsub_address,
        "FIRESTORE_EMULATOR_HOST": firestore_address,
        "BIGQUERY_EMULATOR_HOST": "127.0.0.1:9",  # none of these requests comes as far
    }


@pytest.fixture
def failures(pubsub_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SubscriberClient, str]]:
    """Make the failures topic, and give a subscription to it."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", pubsub_address)
    topic, subscription = f"projects/{PROJECT}/topics/sendtrail-failures", f"projects/{PROJECT}/subscriptions/seen"
    publisher = clients.publisher_client()
    with SubscriberClient() as subscriber:
        publisher.create_topic(name=topic)
        subscriber.create_subscription(name=subscription, topic=topic)
        yield subscriber, subscription
        subscriber.delete_subscription(subscription=subscription)
        publisher.delete_topic(topic=topic)
    publisher.stop()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("function", ["campaign_worker", "contacts_worker"])
def test_a_worker_starts_from_its_bundle_and_handles_a_push(
    function: str,
    python: Path,
    unpacked: Mapping[str, Path],
    environment: Mapping[str, str],
    failures: tuple[SubscriberClient, str],
) -> None:
    """A message that it cannot read goes to the failures topic, and is acknowledged."""
    with started(python, unpacked[function], function, environment) as connection:
        connection.request("POST", "/", orjson.dumps(PUSHED), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()

    assert answer.status < 300, said
    subscriber, subscription = failures
    (received,) = subscriber.pull(subscription=subscription, max_messages=5).received_messages
    assert b"version" in received.message.data


@pytest.mark.timeout(900)
def test_the_dispatcher_starts_from_its_bundle_and_answers(
    python: Path, unpacked: Mapping[str, Path], environment: Mapping[str, str]
) -> None:
    """Without any account there is nothing to publish."""
    with started(python, unpacked["dispatcher"], "dispatcher", environment) as connection:
        connection.request("POST", "/", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()

    assert answer.status == 202, said
    assert orjson.loads(said)["accounts"] == []
