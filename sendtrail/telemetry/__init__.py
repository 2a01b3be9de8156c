"""Metrics for an OpenTelemetry collector, off unless its environment variables say where it is."""
