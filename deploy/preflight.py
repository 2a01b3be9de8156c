"""Ask what is missing before the first `terraform apply`: `python -m deploy.preflight PROJECT [--region R] [--name N]`.

It changes nothing. It ends with 0 only where every question was answered and nothing is missing.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.gcloud import Unanswered, ask

# What Terraform itself needs; it switches on all others.
APIS = ("cloudresourcemanager.googleapis.com", "pubsub.googleapis.com", "serviceusage.googleapis.com")
# Instead of Owner, by the names in docs/deploy.md.
ROLES = {
    "roles/serviceusage.serviceUsageAdmin": "Service Usage Admin",
    "roles/resourcemanager.projectIamAdmin": "Project IAM Admin",
    "roles/iam.serviceAccountAdmin": "Service Account Admin",
    "roles/iam.serviceAccountUser": "Service Account User",
    "roles/cloudfunctions.admin": "Cloud Functions Admin",
    "roles/run.admin": "Cloud Run Admin",
    "roles/pubsub.admin": "Pub/Sub Admin",
    "roles/cloudscheduler.admin": "Cloud Scheduler Admin",
    "roles/datastore.owner": "Cloud Datastore Owner",
    "roles/bigquery.admin": "BigQuery Admin",
    "roles/secretmanager.admin": "Secret Manager Admin",
    "roles/storage.admin": "Storage Admin",
    "roles/monitoring.admin": "Monitoring Admin",
    "roles/logging.configWriter": "Logs Configuration Writer",
}
# What would be in the way, by the API without which there is none: the command, and the field that has the name.
# Schedules are listed by region, and a bucket's name begins with the project's.
NAMED = {
    "service account": ("iam.googleapis.com", ("iam", "service-accounts", "list"), "email"),
    "topic": ("pubsub.googleapis.com", ("pubsub", "topics", "list"), "name"),
    "subscription": ("pubsub.googleapis.com", ("pubsub", "subscriptions", "list"), "name"),
    "secret": ("secretmanager.googleapis.com", ("secrets", "list"), "name"),
    "function": ("cloudfunctions.googleapis.com", ("functions", "list"), "name"),
    "schedule": ("cloudscheduler.googleapis.com", ("scheduler", "jobs", "list", "--location={region}"), "name"),
    "bucket": ("storage.googleapis.com", ("storage", "buckets", "list"), "name"),
}
FIRESTORE = "firestore.googleapis.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """What is to be applied: the variables of terraform/ that names and places depend on."""

    project: str
    name: str
    region: str
    firestore_location: str


Problems = Iterator[str]


def problems(wanted: Installation) -> Problems:
    """Yield a sentence for each thing that is missing or in the way, and for each question without an answer."""
    try:
        project = ask("projects", "describe", wanted.project)
    except Unanswered as error:
        yield f"the project {wanted.project} cannot be looked at ({error}): check its id, and run gcloud auth login"
        return
    if project.get("lifecycleState") != "ACTIVE":
        yield f"the project {wanted.project} is {project.get('lifecycleState')}: restore it, or take another"
    questions: Sequence[tuple[str, Callable[[Installation], Problems]]] = (
        ("whether billing is on", _billing),
        ("which APIs are on, and what has been created", _apis_and_names),
        ("which roles you have", _roles),
    )
    for what, question in questions:
        try:
            yield from question(wanted)
        except Unanswered as error:
            yield f"{what} is not known: {error}"


def _billing(wanted: Installation) -> Problems:
    if not ask("billing", "projects", "describe", wanted.project).get("billingEnabled"):
        yield f"billing is off: gcloud billing projects link {wanted.project} --billing-account=<account>"


def _apis_and_names(wanted: Installation) -> Problems:
    listed = ask("services", "list", "--enabled", f"--project={wanted.project}")
    enabled = {each.get("config", {}).get("name") for each in listed}
    missing = [api for api in APIS if api not in enabled]
    if missing:
        enable = f"gcloud services enable {' '.join(missing)} --project={wanted.project}"
        yield f"APIs that Terraform itself needs are off: {enable}"
    if FIRESTORE in enabled:
        yield from _database(wanted)
    for kind, (api, command, field) in NAMED.items():
        if api in enabled:
            question = [word.format(region=wanted.region) for word in command]
            yield from _taken(kind, ask(*question, f"--project={wanted.project}"), field, wanted)


def _database(wanted: Installation) -> Problems:
    for database in ask("firestore", "databases", "list", f"--project={wanted.project}"):
        if database.get("name", "").rpartition("/")[2] != wanted.name:
            continue
        location = database.get("locationId")
        if location != wanted.firestore_location:
            yield (
                f"the Firestore database {wanted.name} exists in {location}, not in {wanted.firestore_location}, and "
                f"cannot be moved: set firestore_location = {location!r}, or another name"
            )
        yield _in_the_way("Firestore database", wanted.name)


def _taken(kind: str, listed: Sequence[dict[str, Any]], field: str, wanted: Installation) -> Problems:
    for each in listed:
        name = str(each.get(field, "")).rpartition("/")[2].partition("@")[0]
        if name.removeprefix(f"{wanted.project}-").startswith(f"{wanted.name}-"):
            yield _in_the_way(kind, name)


def _in_the_way(kind: str, name: str) -> str:
    return f"the {kind} {name} exists: unless it is in your Terraform state, import it, remove it, or set another name"


def _roles(wanted: Installation) -> Problems:
    active = [each["account"] for each in ask("auth", "list") if each.get("status") == "ACTIVE"]
    if not active:
        yield "nobody is signed in: gcloud auth login"
        return
    member = f"{'serviceAccount' if active[0].endswith('.gserviceaccount.com') else 'user'}:{active[0]}"
    bindings = ask("projects", "get-iam-policy", wanted.project).get("bindings", [])
    held = {each["role"] for each in bindings if member in each.get("members", []) and "condition" not in each}
    missing = [title for role, title in ROLES.items() if role not in held]
    if missing and "roles/owner" not in held:
        yield (
            f"{active[0]} is not Owner of the project, and lacks {', '.join(missing)}; "
            "roles of a group, a folder or the organization are not seen here"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is missing; return 1 if anything is, or is not known."""
    parser = argparse.ArgumentParser(prog="python -m deploy.preflight", description=__doc__)
    parser.add_argument("project", help="project_id")
    parser.add_argument("--region", default="us-central1", help="region (%(default)s)")
    parser.add_argument("--name", default="sendtrail", help="name (%(default)s)")
    parser.add_argument("--firestore-location", help="firestore_location (the region)")
    given = parser.parse_args(arguments)
    wanted = Installation(
        project=given.project,
        name=given.name,
        region=given.region,
        firestore_location=given.firestore_location or given.region,
    )
    found = list(problems(wanted))
    for problem in found:
        print(f"✗ {problem}")  # noqa: T201 - this is a command
    if not found:
        print(f"✓ {wanted.project} is ready for terraform apply")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
