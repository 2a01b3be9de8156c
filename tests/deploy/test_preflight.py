"""The preflight script, with a gcloud on PATH that answers from a file and writes down what it is asked."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.gcloud import ask
from deploy.preflight import ROLES, main

REPOSITORY = Path(__file__).resolve().parents[2]
GCLOUD = """#!{python}
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
words = [word for word in sys.argv[1:] if not word.startswith("--")]
with (folder / "asked").open("a") as asked:
    asked.write(" ".join(words) + "\\n")
answer = json.loads((folder / "answers.json").read_text()).get(" ".join(words))
if answer is None:
    sys.exit("ERROR: (gcloud) PERMISSION_DENIED")
print(answer if isinstance(answer, str) else json.dumps(answer))
"""
OWNER = {"role": "roles/owner", "members": ["user:ann@example.com"]}
APIS = [
    *("cloudresourcemanager", "pubsub", "serviceusage", "firestore", "iam", "secretmanager", "cloudfunctions"),
    *("cloudscheduler", "storage"),
]
READY: dict[str, Any] = {
    "projects describe shop-project": {"projectId": "shop-project", "lifecycleState": "ACTIVE"},
    "billing projects describe shop-project": {"billingEnabled": True},
    "services list": [{"config": {"name": f"{api}.googleapis.com"}} for api in APIS],
    "firestore databases list": [{"name": "projects/shop-project/databases/(default)", "locationId": "nam5"}],
    "iam service-accounts list": [{"email": "sendtrailer@shop-project.iam.gserviceaccount.com"}],
    "pubsub topics list": [{"name": "projects/shop-project/topics/orders"}],
    "pubsub subscriptions list": [],
    "secrets list": [],
    "functions list": [],
    "scheduler jobs list": [{"name": "projects/shop-project/locations/us-central1/jobs/backup"}],
    "storage buckets list": [{"name": "shop-project-terraform"}],
    "auth list": [{"account": "bob@example.com", "status": ""}, {"account": "ann@example.com", "status": "ACTIVE"}],
    "projects get-iam-policy shop-project": {"bindings": [OWNER]},
}
PARTS = [{"role": role, "members": ["user:ann@example.com"]} for role in ROLES]
DATABASE = "projects/shop-project/databases/sendtrail"


class Gcloud:
    """A gcloud with answers, by the words of the command without its options; where there is none, it refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        program = folder / "gcloud"
        program.write_text(GCLOUD.format(python=sys.executable), encoding="utf-8")
        program.chmod(0o755)

    def answer(self, **changed: Any) -> None:
        """Answer as a project that is ready, but for some commands, whose words are joined by `_`."""
        answers = {**READY, **{words.replace("_", " "): answer for words, answer in changed.items()}}
        (self._folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        """Return the commands so far."""
        return (self._folder / "asked").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def gcloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gcloud:
    """Give a gcloud of the test's own, first on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return Gcloud(tmp_path)


def test_a_project_that_is_ready_says_so(gcloud: Gcloud, capsys: pytest.CaptureFixture[str]) -> None:
    """And every question was one that changes nothing."""
    gcloud.answer()

    assert main(["shop-project"]) == 0
    assert "is ready for terraform apply" in capsys.readouterr().out
    assert set(gcloud.asked) == set(READY)
    assert all(re.search(r"\b(list|describe|get-iam-policy)\b", command) for command in gcloud.asked)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"projects_describe_shop-project": None}, "the project shop-project cannot be looked at"),
        ({"projects_describe_shop-project": {"lifecycleState": "DELETE_REQUESTED"}}, "is DELETE_REQUESTED"),
        ({"billing_projects_describe_shop-project": {"billingEnabled": False}}, "billing is off: gcloud billing"),
        ({"billing_projects_describe_shop-project": None}, "whether billing is on is not known: ERROR"),
        ({"services_list": []}, "gcloud services enable cloudresourcemanager.googleapis.com pubsub"),
        ({"services_list": None}, "which APIs are on, and what has been created is not known: ERROR"),
        (
            {"firestore_databases_list": [{"name": DATABASE, "locationId": "eur3"}]},
            "sendtrail exists in eur3, not in us-central1, and cannot be moved",
        ),
        (
            {"firestore_databases_list": [{"name": DATABASE, "locationId": "us-central1"}]},
            "Firestore database sendtrail",
        ),
        ({"iam_service-accounts_list": [{"email": "sendtrail-push@x.com"}]}, "service account sendtrail-push exists"),
        ({"pubsub_topics_list": [{"name": "projects/p/topics/sendtrail-failures"}]}, "topic sendtrail-failures exists"),
        ({"secrets_list": [{"name": "projects/1/secrets/sendtrail-acme-api-key"}]}, "secret sendtrail-acme-api-key"),
        (
            {"pubsub_subscriptions_list": [{"name": "projects/p/subscriptions/sendtrail-contacts"}]},
            "the subscription sendtrail-contacts exists",
        ),
        (
            {"functions_list": [{"name": "projects/p/locations/us-central1/functions/sendtrail-dispatcher"}]},
            "the function sendtrail-dispatcher exists",
        ),
        (
            {"scheduler_jobs_list": [{"name": "projects/p/locations/us-central1/jobs/sendtrail-contacts"}]},
            "the schedule sendtrail-contacts exists",
        ),
        ({"scheduler_jobs_list": None}, "what has been created is not known: ERROR"),
        (
            {"storage_buckets_list": [{"name": "shop-project-sendtrail-bundles"}]},
            "the bucket shop-project-sendtrail-bundles exists",
        ),
        ({"secrets_list": "not JSON"}, "something else than JSON"),
        ({"auth_list": []}, "nobody is signed in"),
        ({"projects_get-iam-policy_shop-project": {"bindings": PARTS[1:]}}, "lacks Service Usage Admin; roles of a"),
        (
            {"projects_get-iam-policy_shop-project": {"bindings": [{**OWNER, "condition": {"expression": "false"}}]}},
            "is not Owner of the project",
        ),
    ],
)
def test_what_is_missing_or_not_known_is_named_and_is_no_success(
    gcloud: Gcloud, capsys: pytest.CaptureFixture[str], changed: dict[str, Any], sentence: str
) -> None:
    """With what to do about it."""
    gcloud.answer(**changed)

    assert main(["shop-project"]) == 1
    assert sentence in capsys.readouterr().out


def test_all_problems_are_named_at_once(gcloud: Gcloud, capsys: pytest.CaptureFixture[str]) -> None:
    """A question without an answer does not keep the others from being asked."""
    gcloud.answer(**{"billing_projects_describe_shop-project": None, "auth_list": []})

    assert main(["shop-project"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_roles_of_the_document_are_enough(gcloud: Gcloud) -> None:
    """Whoever is not Owner has those that docs/deploy.md lists, and no other is asked for."""
    gcloud.answer(**{"projects_get-iam-policy_shop-project": {"bindings": PARTS}})
    document = " ".join((REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8").split())

    assert main(["shop-project"]) == 0
    assert document.partition("Instead of Owner: ")[2].startswith(
        ", ".join(list(ROLES.values())[:-1]) + f" and {list(ROLES.values())[-1]}"
    )


def test_a_service_account_has_roles_of_its_own(gcloud: Gcloud) -> None:
    """And not those of a user of the same name, nor another one's."""
    account = "deployer@shop-project.iam.gserviceaccount.com"
    signed_in = [{"account": account, "status": "ACTIVE"}]
    policies = [{**OWNER, "members": [f"{kind}:{account}"]} for kind in ("serviceAccount", "user")]

    codes = []
    for policy in policies:
        gcloud.answer(**{"auth_list": signed_in, "projects_get-iam-policy_shop-project": {"bindings": [policy]}})
        codes.append(main(["shop-project"]))

    assert codes == [0, 1]


def test_another_name_and_place_are_asked_for(gcloud: Gcloud, capsys: pytest.CaptureFixture[str]) -> None:
    """What another installation is called is not in the way."""
    gcloud.answer(firestore_databases_list=[{"name": DATABASE, "locationId": "eur3"}])

    assert main(["shop-project", "--name=mailing"]) == 0
    assert main(["shop-project", "--region=europe-west1", "--firestore-location=eur3"]) == 1
    assert "cannot be moved" not in capsys.readouterr().out


def test_without_gcloud_it_says_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not that all is well."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert main(["shop-project"]) == 1
    assert "there is no gcloud on PATH" in capsys.readouterr().out


def test_a_command_that_changes_something_is_not_run(gcloud: Gcloud) -> None:
    """A mistake here would be made in somebody's project."""
    gcloud.answer()

    with pytest.raises(ValueError, match="may change something"):
        ask("services", "enable", "pubsub.googleapis.com")


@pytest.mark.parametrize(("option", "variable"), [("us-central1", "region"), ("sendtrail", "name")])
def test_defaults_are_those_of_terraform(option: str, variable: str) -> None:
    """Whoever sets nothing there sets nothing here."""
    text = (REPOSITORY / "terraform" / "variables.tf").read_text(encoding="utf-8")
    block = text.partition(f'variable "{variable}"')[2].partition("\n}")[0]

    assert f'default     = "{option}"' in block
    assert f'default="{option}"' in (REPOSITORY / "deploy" / "preflight.py").read_text(encoding="utf-8")
