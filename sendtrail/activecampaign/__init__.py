"""ActiveCampaign over HTTP: the campaigns, reports and contacts of one account. Nothing else imports requests."""
