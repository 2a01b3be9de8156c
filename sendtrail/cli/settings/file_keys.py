"""Which settings `sendtrail.toml` may hold, and in which of its tables.

They are written down, as every command reads the file and none should import the settings of all others for it; a test
compares them with the settings themselves.
"""

from collections.abc import Mapping, Sequence

# What an account may have of its own.
ACCOUNT_KEYS: Sequence[str] = (
    "api_url",
    "api_key_file",
    "account_moved",
    "time_zone",
    "requests_per_second",
    "share_kept_free",
    "since",
    "lookback_days",
    "all",
    "force",
    "drop_wants",
    "campaign",
    "contacts",
    "max_deleted_share",
    "accept_deletions",
    "erase_gone_after_days",
    "overlap_hours",
    "recent_overlap_hours",
    "concurrency",
    "time_budget_s",
)
# What is said once, above all tables; settings of accounts that stand there are for each that has none of its own.
SHARED_KEYS: Sequence[str] = (
    *ACCOUNT_KEYS,
    "organization",
    "database",
    "dataset",
    "pseudonym_key_file",
    "wait",
    "log_format",
    "json_summary",
    # where the commands of operators look, and what is read there
    "project",
    "location",
    "installation",
    # sendtrail report
    "output",
    "model",
    # sendtrail attribution data-driven
    "ended_since",
    "ended_before",
    "markov_order",
    "resamples",
    "seed",
    "min_conversions",
    # sendtrail conversions load, users load
    "new_organization",
    "encoding",
    "date_format",
    "skip_bad",
    "from",
    "shop",
    "currency",
    "kind",
    "decimal",
    "status",
    "negative_values",
    "no_value",
    "map",
)
SECTIONS: Mapping[str, Sequence[str]] = {
    "schedule": ("every_hours",),
    "notifications": ("urls_file", "on", "repeat_hours"),
}
# The option is --from, and so people look for it under this name.
NAMED_OTHERWISE: Mapping[str, str] = {"from": "shop"}
OF_THE_TABLE: Mapping[str, str] = {key: section for section, keys in SECTIONS.items() for key in keys}
