"""Functions as processes, shown on a bundle of the test's own."""

from pathlib import Path

import requests

from sendtrail.emulators.functions import DISPATCHER, Instances, serving
from sendtrail.emulators.processes import free_ports

MAIN = """
import functions_framework
import sendtrail

@functions_framework.http
def dispatch(request):
    return sendtrail.__file__
"""


def test_a_bundle_runs_its_own_code(tmp_path: Path) -> None:
    """Whatever version of the package is installed."""
    (tmp_path / "main.py").write_text(MAIN)
    (tmp_path / "sendtrail").mkdir()
    (tmp_path / "sendtrail/__init__.py").touch()
    (port,) = free_ports(1)
    instances = Instances(function=DISPATCHER, port=port, log=tmp_path / "log", bundle=tmp_path)

    with serving(instances) as (running,):
        assert requests.get(running.url, timeout=60).text == str(tmp_path / "sendtrail/__init__.py")
