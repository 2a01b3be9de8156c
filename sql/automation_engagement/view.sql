-- One row is one automation: what the recipients of its campaigns did, all campaigns together.
--
-- The name of an automation is not in the API's list of campaigns, so campaign_names has those of its e-mails. A contact
-- counts once per campaign.
SELECT
  organization_id,
  automation_id,
  COUNT(*) AS campaigns,
  STRING_AGG(campaign_name, ', ' ORDER BY campaign_id ASC) AS campaign_names,
  MAX(last_sent_at) AS last_sent_at,
  CAST(SUM(sent) AS INT64) AS sent,
  CAST(SUM(delivered) AS INT64) AS delivered,
  CAST(SUM(estimated_human_opens) AS INT64) AS estimated_human_opens,
  CAST(SUM(unique_clicks) AS INT64) AS unique_clicks,
  CAST(SUM(bounces) AS INT64) AS bounces,
  CAST(SUM(unsubscribes) AS INT64) AS unsubscribes,
  SAFE_DIVIDE(SUM(estimated_human_opens), SUM(delivered)) AS open_rate,
  SAFE_DIVIDE(SUM(unique_clicks), SUM(delivered)) AS click_through_rate,
  SAFE_DIVIDE(SUM(unsubscribes), SUM(delivered)) AS unsubscribe_rate
FROM `${dataset}`.`campaign_engagement`
WHERE automation_id IS NOT NULL
GROUP BY organization_id, automation_id
