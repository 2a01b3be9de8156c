"""The adapters of Google Cloud: the only importer of google.cloud."""
