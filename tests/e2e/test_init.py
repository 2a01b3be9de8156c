"""From nothing to two accounts that are synced: `sendtrail init` without a terminal, then `sendtrail sync`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sendtrail.cli.process.exit_codes import DONE, MISSING, USAGE
from sendtrail.simulator import Account, FailureKind, Network, Plan, serve
from sendtrail.simulator import Failure as Trouble
from tests.fakes import NOON


def run(folder: Path, *words: str, key: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder; nobody is at a terminal."""
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "200", **({"SENDTRAIL_API_KEY": key} if key else {})}
    command = [sys.executable, "-m", "sendtrail", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def test_two_accounts_in_one_folder(tmp_path: Path, make_database: Callable[[Path], Path]) -> None:
    """Both are asked for, checked, bound and synced; the trouble of one is named and leaves the other alone."""
    make_database(tmp_path / "sendtrail.duckdb")
    plan = Plan(campaigns=2, openers=3)
    accounts = [Account(seed=seed, now=NOON, plan=plan, network=Network(rate=1_000)) for seed in (1, 2)]
    with serve(accounts[0]) as acme, serve(accounts[1]) as globex:
        first = run(tmp_path, "init", "--api-url", acme.url, "--account", "acme", key=accounts[0].api_key)
        same = run(tmp_path, "init", "--api-url", acme.url, "--account", "copy", key=accounts[0].api_key)
        second = run(tmp_path, "init", "--api-url", globex.url, "--account", "globex", key=accounts[1].api_key)
        accounts[1].fail(Trouble(kind=FailureKind.REDIRECT, times=None))
        synced = run(tmp_path, "sync", "--all", "--json", "--requests-per-second", "1000")

    assert (first.returncode, second.returncode) == (DONE, DONE), first.stdout + first.stderr + second.stderr
    assert "Next: sendtrail sync reads the last 7 days of every campaign of acme" in first.stdout
    assert not any(account.api_key in first.stdout + second.stdout + synced.stderr for account in accounts)
    assert (same.returncode, "whose data is stored as acme" in same.stderr) == (USAGE, True)
    assert "copy" not in (tmp_path / "sendtrail.toml").read_text()
    lines = {line["organization"]: line for line in map(json.loads, synced.stdout.splitlines())}
    assert (synced.returncode, lines["acme"]["exit_code"], lines["globex"]["exit_code"]) == (MISSING, DONE, MISSING)
    assert lines["acme"]["activities"]["new"] > 0
