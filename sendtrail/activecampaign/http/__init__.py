"""HTTP with an ActiveCampaign account: requests, retries, errors."""
