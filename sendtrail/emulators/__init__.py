"""Google Cloud on one machine, for the tests and the demo; no part of a deployment."""
