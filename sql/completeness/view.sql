-- One row is one campaign and event type: how far its numbers can be trusted, comparing the account's counter with what is stored.
--
-- ActiveCampaign updates counters and lists independently, so small gaps are normal. The cause is the most likely one
-- according to the data, not a proof.
WITH
  account_coverage AS (
    SELECT organization_id, MIN(activity_timestamp) AS coverage_begins_at
    FROM `${dataset}`.`observations`
    GROUP BY organization_id
  ),
  account_deletions AS (
    SELECT organization_id, COUNT(DISTINCT contact_id) AS deleted_contacts
    FROM `${dataset}`.`contacts`
    WHERE deleted_at IS NOT NULL
    GROUP BY organization_id
  ),
  counter_comparisons AS (
    SELECT
      engagement.organization_id,
      engagement.campaign_id,
      engagement.campaign_name,
      event_type,
      CASE event_type
        WHEN 'open' THEN engagement.counter_unique_opens
        WHEN 'click' THEN engagement.counter_link_clicks
        WHEN 'bounce' THEN engagement.counter_hard_bounces + engagement.counter_soft_bounces
        WHEN 'unsubscribe' THEN engagement.counter_unsubscribes
        WHEN 'forward' THEN engagement.counter_unique_forwards
      END AS counter,
      CASE event_type
        WHEN 'open' THEN engagement.raw_unique_opens
        WHEN 'click' THEN engagement.raw_link_clicks
        WHEN 'bounce' THEN engagement.bounces
        WHEN 'unsubscribe' THEN engagement.unsubscribes
        WHEN 'forward' THEN engagement.forwarders
      END AS stored,
      CASE event_type
        WHEN 'open' THEN engagement.counter_unique_opens - engagement.counter_verified_unique_opens
        WHEN 'click' THEN engagement.raw_link_clicks - engagement.link_clicks
        ELSE 0
      END AS machine_events,
      engagement.sent_at,
      engagement.counters_read_at
    FROM `${dataset}`.`campaign_engagement` AS engagement
    CROSS JOIN UNNEST(['open', 'click', 'bounce', 'unsubscribe', 'forward']) AS event_type
  ),
  measured_gaps AS (
    SELECT
      counter_comparisons.*,
      counter - stored AS gap,
      SAFE_DIVIDE(counter - stored, counter) AS gap_share,
      -- One day of grace: even the first open of the first campaign comes after its send.
      COALESCE(
        sent_at < TIMESTAMP_SUB(account_coverage.coverage_begins_at, INTERVAL 24 HOUR), FALSE
      ) AS is_older_than_coverage,
      COALESCE(
        counters_read_at > TIMESTAMP_SUB(settings.as_of, INTERVAL settings.settle_hours HOUR), FALSE
      ) AS is_settling,
      COALESCE(account_deletions.deleted_contacts, 0) AS deleted_contacts,
      settings.high_trust_share,
      settings.medium_trust_share
    FROM counter_comparisons
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    LEFT JOIN account_coverage
      ON counter_comparisons.organization_id = account_coverage.organization_id
    LEFT JOIN account_deletions
      ON counter_comparisons.organization_id = account_deletions.organization_id
  ),
  explained_gaps AS (
    SELECT
      *,
      CASE
        WHEN gap IS NULL THEN 'no_counter'
        WHEN gap = 0 THEN 'none'
        WHEN gap < 0 AND event_type = 'click' AND stored - machine_events <= counter THEN 'machine_clicks'
        WHEN gap < 0 THEN 'counter_behind'
        WHEN is_older_than_coverage THEN 'outside_lookback'
        WHEN is_settling THEN 'list_behind'
        WHEN event_type = 'open' AND gap <= machine_events THEN 'machine_opens'
        WHEN gap <= deleted_contacts THEN 'deleted_contacts'
        ELSE 'unexplained'
      END AS likely_cause
    FROM measured_gaps
  )
SELECT
  organization_id,
  campaign_id,
  campaign_name,
  event_type,
  counter,
  stored,
  gap,
  gap_share,
  likely_cause,
  CASE likely_cause
    WHEN 'no_counter' THEN 'ActiveCampaign has no such counter for this campaign, so nothing can be compared.'
    WHEN 'none' THEN 'What is stored equals the counter.'
    WHEN 'machine_clicks' THEN 'More is stored than counted, because the counter leaves out clicks by machines.'
    WHEN 'counter_behind' THEN 'More is stored than counted: the counter was read before the rows, or leaves some of them out.'
    WHEN 'outside_lookback' THEN 'The campaign is older than the synced period: sync with --all to get the rest.'
    WHEN 'list_behind' THEN 'The counter changed a short while ago, and lists follow their counters with a delay: a later sync gets the rest.'
    WHEN 'machine_opens' THEN 'As many or fewer are missing than ActiveCampaign counts as machine opens: it seems to leave those out of its list.'
    WHEN 'deleted_contacts' THEN 'As many or fewer are missing than contacts were deleted: the counter still includes them, the list does not.'
    ELSE 'More is missing than any known cause explains: sync this campaign with --all, and report it if that does not help.'
  END AS explanation,
  CASE
    WHEN gap IS NULL THEN 'unknown'
    WHEN gap = 0 THEN 'exact'
    WHEN ABS(gap) <= high_trust_share * counter THEN 'high'
    WHEN ABS(gap) <= medium_trust_share * counter OR likely_cause IN ('machine_opens', 'machine_clicks') THEN 'medium'
    ELSE 'low'
  END AS trust
FROM explained_gaps
