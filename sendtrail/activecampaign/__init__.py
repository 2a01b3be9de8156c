"""The client of the ActiveCampaign API: the only importer of requests."""
