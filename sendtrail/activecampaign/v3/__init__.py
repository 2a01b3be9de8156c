"""The v3 API: lists of campaigns and contacts."""
