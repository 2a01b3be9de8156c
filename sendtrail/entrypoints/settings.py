"""The settings of the three functions, from the environment that Terraform sets; every problem at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sendtrail.delivery.checkpoint import MAX_LEASE_S
from sendtrail.domain.deletion_guard import DEFAULT_MAX_DELETED_SHARE, MAX_GRACE_DAYS, DeletionGuard
from sendtrail.erasure.gone_contacts import GonePolicy
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.ports import Topic
from sendtrail.pricing.bigquery_bytes import TEBIBYTE
from sendtrail.sync.overlap_settings import OverlapSettings
from sendtrail.sync.read_window import DEFAULT_LOOKBACK
from sendtrail.validation import settings_error
from sendtrail.warehouse.place import (
    DEFAULT_DATASET,
    DEFAULT_LOCATION,
    BigQueryEndpoint,
    DatasetId,
    Location,
    ProjectId,
)

PREFIX = "SENDTRAIL_"

TopicId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$")]
Seconds = Annotated[float, Field(gt=0, le=540)]
Count = Annotated[int, Field(gt=0)]


class FunctionSettings(OverlapSettings, BigQueryEndpoint, BaseSettings):
    """The settings of a function; each field is the variable SENDTRAIL_<FIELD>, in capitals.

    A worker hands over after `time_budget_s`; its BigQuery jobs, the flush of the hand-over included, end before
    `job_deadline_s`, which is below the function's own timeout (540 s). `location` is that of the datasets. One run of
    the dispatcher hands out as much backfill as the account's budget can read in `backfill_hours`, the time to the next
    run. A batch is merged when it has `flush_rows` rows or is `flush_s` old: each MERGE is billed for the partitions
    that it touches. A pass over the contacts that would mark more than `max_deleted_share` of them as deleted marks
    nobody; contacts that are gone from the account are erased `erase_gone_after_days` later (None: never).
    `erasure_key_secret` names the secret that is the key of the erased list. Where `pseudonyms` are
    stored, `pseudonym_key_secret` names that of their key. The emulators' addresses are in the variables that Google's
    clients know, and replace the services.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True, validate_default=True
    )

    project_id: ProjectId
    location: Location = DEFAULT_LOCATION
    dataset: DatasetId = DEFAULT_DATASET
    staging_dataset: DatasetId = "marketing_ai_staging"
    firestore_database: str = "(default)"
    campaigns_topic: TopicId = "sendtrail-campaigns"
    contacts_topic: TopicId = "sendtrail-contacts"
    failures_topic: TopicId = "sendtrail-failures"
    time_budget_s: Seconds = 480.0
    job_deadline_s: Seconds = 525.0
    lookback_days: Count = DEFAULT_LOOKBACK.days
    backfill_hours: Annotated[float, Field(gt=0, le=24)] = 1.0
    audit_days: Count = 30
    settle_hours: Annotated[int, Field(ge=0)] = 24
    max_deleted_share: Annotated[float, Field(ge=0, le=1)] = DEFAULT_MAX_DELETED_SHARE
    erase_gone_after_days: Annotated[int, Field(ge=0, le=MAX_GRACE_DAYS)] | None = None
    lease_s: Annotated[float, Field(ge=15, le=MAX_LEASE_S)] = 120.0
    flush_rows: Count = 5_000
    flush_s: Seconds = 240.0
    budget_block: Annotated[int, Field(ge=1, le=100)] = 10
    maximum_bytes_billed: Count = TEBIBYTE // 10
    erasure_key_secret: str = ""
    pseudonyms: bool = False
    pseudonym_key_secret: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    firestore_emulator_host: Annotated[str | None, Field(validation_alias="FIRESTORE_EMULATOR_HOST")] = None

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Return the settings, `given` before the environment; raise SettingsError with all problems."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise settings_error(error, named=_variable) from None

    @field_validator("job_deadline_s", mode="after")
    @classmethod
    def _check_deadline(cls, deadline_s: float, info: ValidationInfo) -> float:
        if deadline_s <= info.data.get("time_budget_s", 0.0):
            raise ValueError("the jobs of a hand-over start at the end of the time budget: give them time after it")
        return deadline_s

    @property
    def datasets(self) -> Datasets:
        """Return the datasets of the tables and of their staging tables."""
        return Datasets(tables=self.dataset, staging=self.staging_dataset)

    @property
    def deletion_guard(self) -> DeletionGuard:
        """Return how many contacts a pass may mark as deleted."""
        return DeletionGuard(max_deleted_share=self.max_deleted_share)

    @property
    def gone_policy(self) -> GonePolicy | None:
        """Return who is erased because ActiveCampaign has them no more, None where nobody is."""
        days = self.erase_gone_after_days
        return None if days is None else GonePolicy(after=timedelta(days=days), guard=self.deletion_guard)

    @property
    def topics(self) -> Mapping[Topic, str]:
        """Return the full name of each topic."""
        names = {
            Topic.CAMPAIGNS: self.campaigns_topic,
            Topic.CONTACTS: self.contacts_topic,
            Topic.FAILURES: self.failures_topic,
        }
        return {topic: f"projects/{self.project_id}/topics/{name}" for topic, name in names.items()}


def _variable(field: str) -> str:
    return field if field.isupper() else f"{PREFIX}{field.upper()}"
