"""What OpenTelemetry's own environment variables say, in the environment or in `.env`.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import os
from typing import Self
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

PREFIX = "OTEL_"
EXPORTER, PROTOCOL = "otlp", "http/protobuf"
DEFAULT_ENDPOINT = "http://localhost:4318"


class OtelSettings(BaseSettings):
    """The variables that decide whether metrics are sent; all others are read by OpenTelemetry itself."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    sdk_disabled: str = ""
    metrics_exporter: str = ""
    exporter_otlp_endpoint: str = ""
    exporter_otlp_metrics_endpoint: str = ""
    exporter_otlp_protocol: str = ""
    exporter_otlp_metrics_protocol: str = ""

    @property
    def is_on(self) -> bool:
        """Return whether somebody wants metrics: an address or an exporter is given, and neither is switched off."""
        if self.sdk_disabled.strip().lower() == "true" or self.exporters == {"none"}:
            return False
        return bool(self.exporters or self.exporter_otlp_endpoint or self.exporter_otlp_metrics_endpoint)

    @property
    def exporters(self) -> frozenset[str]:
        """Return the names of the exporters that are asked for."""
        return frozenset(name for each in self.metrics_exporter.split(",") if (name := each.strip().lower()))

    @property
    def collector(self) -> str:
        """Return the host and port of the collector: the rest of its address may hold a password."""
        address = urlsplit(self.exporter_otlp_metrics_endpoint or self.exporter_otlp_endpoint or DEFAULT_ENDPOINT)
        return address.netloc.rpartition("@")[2] or "the address that is set"

    @property
    def problem(self) -> str:
        """Return why metrics cannot be sent as it is asked for, in a sentence; "" where they can."""
        if self.exporters and EXPORTER not in self.exporters:
            return f"OTEL_METRICS_EXPORTER: the only exporter is {EXPORTER}: give that, or none"
        protocol = (self.exporter_otlp_metrics_protocol or self.exporter_otlp_protocol or PROTOCOL).strip().lower()
        if protocol != PROTOCOL:
            return f"OTEL_EXPORTER_OTLP_PROTOCOL: the only protocol is {PROTOCOL}, most often at port 4318: give that"
        address = self.exporter_otlp_metrics_endpoint or self.exporter_otlp_endpoint or DEFAULT_ENDPOINT
        if not _is_address(address.strip()):
            return f"OTEL_EXPORTER_OTLP_ENDPOINT: give the address of a collector, such as {DEFAULT_ENDPOINT}"
        return ""

    @classmethod
    def read(cls) -> Self:
        """Return the settings; what `.env` has of OpenTelemetry's variables goes into the environment, where it looks.

        What the environment says itself counts before it.
        """
        for name, value in DotEnvSettingsSource(cls).env_vars.items():
            if name.upper().startswith(PREFIX) and value:
                os.environ.setdefault(name.upper(), value)  # noqa: TID251 - for OpenTelemetry, which reads no file
        return cls()


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:
        return False
