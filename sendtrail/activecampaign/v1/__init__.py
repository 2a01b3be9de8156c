"""The v1 API: campaign reports."""
