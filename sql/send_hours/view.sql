-- One row is one weekday and hour in which campaigns were sent: how they did. A heat map has one cell per row.
--
-- Campaigns that were sent to everybody at once only; weekday and hour are those of the account's reporting_time_zone. What
-- is sent when differs in more than the hour: a difference is no proof.
SELECT
  campaigns.organization_id,
  -- The first day of 1900 was a Monday; engines count the days of a week differently.
  MOD(DATE_DIFF(DATE(sent_at, COALESCE(time_zone, 'UTC')), DATE '1900-01-01', DAY), 7) + 1 AS weekday,
  EXTRACT(HOUR FROM sent_at AT TIME ZONE COALESCE(time_zone, 'UTC')) AS hour,
  COUNT(*) AS campaigns,
  CAST(SUM(delivered) AS INT64) AS delivered,
  SAFE_DIVIDE(SUM(estimated_human_opens), SUM(delivered)) AS open_rate,
  SAFE_DIVIDE(SUM(unique_clicks), SUM(delivered)) AS click_through_rate
FROM `${dataset}`.`campaign_engagement` AS campaigns
LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
  ON reporting.organization_id = campaigns.organization_id
WHERE is_broadcast AND sent_at IS NOT NULL AND delivered > 0
GROUP BY campaigns.organization_id, weekday, hour
