"""Precision and recall of the machine rules, per kind of e-mail, rule and actor, on a labelled population.

Rules may be looked at with TUNING_SEED; what is reported comes from other seeds.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import duckdb
import orjson

from benchmarks.figures import Figure
from benchmarks.labelled_population import HONEYPOT, Population, population
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

DATASET = "marketing_ai"
TUNING_SEED, MEASURED_SEEDS = 1, (20_251, 20_252, 20_253)
# By kind of e-mail: the least recall and precision of clicks.
TARGETS = {"8 links": (0.9, 0.98), "split test 2x6": (0.85, 0.98)}
VERDICTS = """
SELECT labels.mail, labels.actor, labels.event_type, labels.is_machine, observations.is_machine AS is_recognised,
  observations.machine_rule, observations.verdict
FROM labels
INNER JOIN {dataset}.touch_observations AS observations
  ON observations.campaign_id = labels.campaign_id
  AND observations.contact_key = labels.contact_id
  AND observations.event_type = labels.event_type
  AND observations.link_id IS NOT DISTINCT FROM labels.link_id
  AND observations.touched_at = labels.activity_timestamp
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """One observation: its label, and what the views make of it."""

    mail: str
    actor: str
    event_type: str
    is_machine: bool
    is_recognised: bool
    rule: str | None
    verdict: str


def measure() -> list[Figure]:
    """Return precision and recall over the measured seeds."""
    return figures([each for seed in MEASURED_SEEDS for each in judge(population(seed))])


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """Return precision and recall by kind of e-mail, rule and actor."""
    return [*_by_mail(judged), *_by_rule(judged), *_by_actor(judged)]


def judge(people: Population) -> list[Judged]:
    """Return each observation of a population with its verdict."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "machines.duckdb"
        DuckDbWarehouse(database, dataset=DATASET).close()
        with duckdb.connect(database) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            _fill(connection, people)
            return [Judged(*row) for row in connection.execute(VERDICTS.format(dataset=DATASET)).fetchall()]


def _fill(connection: duckdb.DuckDBPyConnection, people: Population) -> None:
    connection.execute(
        "CREATE TEMP TABLE labels (mail VARCHAR, actor VARCHAR, contact_id VARCHAR, contact_email VARCHAR,"
        " event_type VARCHAR, campaign_id BIGINT, message_id VARCHAR, link_id VARCHAR, link_url VARCHAR,"
        " activity_timestamp TIMESTAMPTZ, times BIGINT, created_at TIMESTAMPTZ, is_machine BOOLEAN)"
    )
    with NamedTemporaryFile(suffix=".json") as file:
        file.write(orjson.dumps([dict(row) for row in people.activities]))
        file.flush()
        connection.execute("INSERT INTO labels BY NAME SELECT * FROM read_json(?, sample_size = -1)", [file.name])
    connection.executemany(
        f"INSERT INTO {DATASET}.campaigns (organization_id, campaign_id, campaign_name, campaign_type, automation_id,"
        " sent_at, send_amt, row_hash, created_at, updated_at) VALUES ('main', ?, ?, ?, ?, ?, ?, 'hash', now(), now())",
        [list(campaign.values()) for campaign in people.campaigns],
    )
    connection.execute(
        f"INSERT INTO {DATASET}.attribution_settings VALUES ('main', 'honeypot_links', ?, 'hash', now(), now())",
        [HONEYPOT],
    )
    connection.execute(
        f"INSERT INTO {DATASET}.email_activities BY NAME SELECT 'main' AS organization_id,"
        " (row_number() OVER ())::VARCHAR AS activity_id, 'Campaign' AS campaign_name,"
        " activity_timestamp::DATE AS activity_date, '' AS source_timestamp, 'run' AS run_id, created_at AS updated_at,"
        " * EXCLUDE (mail, actor, is_machine) FROM labels"
    )


def _rates(judged: Iterable[Judged]) -> tuple[float, float]:
    """Return the precision and the recall; 1 where nothing is recognised, or nothing was to be."""
    counts = Counter((each.is_machine, each.is_recognised) for each in judged)
    right, wrong, missed = counts[True, True], counts[False, True], counts[True, False]
    return right / (right + wrong) if right + wrong else 1.0, right / (right + missed) if right + missed else 1.0


def _by_mail(judged: Sequence[Judged]) -> Iterable[Figure]:
    groups: defaultdict[tuple[str, str], list[Judged]] = defaultdict(list)
    for each in judged:
        groups[each.mail, each.event_type].append(each)
    for (mail, event_type), group in groups.items():
        precision, recall = _rates(group)
        least_recall, least_precision = TARGETS.get(mail, (None, None)) if event_type == "click" else (None, None)
        scenario = f"machines, {mail}, {event_type}s"
        yield Figure(scenario=scenario, name="precision", value=precision, target=least_precision, bound="at least")
        yield Figure(scenario=scenario, name="recall", value=recall, target=least_recall, bound="at least")


def _by_rule(judged: Sequence[Judged]) -> Iterable[Figure]:
    rules = sorted({each.rule for each in judged if each.is_recognised and each.rule})
    for rule in rules:
        found = [each for each in judged if each.is_recognised and each.rule == rule]
        scenario = f"machines, rule {rule}"
        yield Figure(scenario=scenario, name="precision", value=sum(each.is_machine for each in found) / len(found))
        yield Figure(scenario=scenario, name="observations", value=len(found))


def _by_actor(judged: Sequence[Judged]) -> Iterable[Figure]:
    groups: defaultdict[tuple[str, str, bool], list[Judged]] = defaultdict(list)
    for each in judged:
        groups[each.actor, each.event_type, each.is_machine].append(each)
    for (actor, event_type, is_machine), group in sorted(groups.items()):
        who = "machine" if is_machine else "person"
        scenario = f"machines, {actor}, {event_type}s by the {who}"
        yield Figure(scenario=scenario, name="recognised", value=sum(each.is_recognised for each in group) / len(group))
        yield Figure(
            scenario=scenario,
            name="called unknown",
            value=sum(each.verdict == "unknown" for each in group) / len(group),
        )


def main(seed: int) -> None:
    """Print the figures of one seed: to look at a rule without looking at the seeds that are reported."""
    for figure in figures(judge(population(seed))):
        print(f"{figure.scenario:55s} {figure.name:15s} {figure.shown}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TUNING_SEED)
