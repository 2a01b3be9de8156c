-- One row is one campaign and event type: how far its numbers can be trusted, by the account's counter and what is stored.
--
-- Counters and lists are updated independently in ActiveCampaign, so small gaps are normal. The cause is the likeliest
-- that the data show, not a proof.
WITH
  accounts AS (
    SELECT organization_id, MIN(activity_timestamp) AS coverage_begins_at
    FROM `${dataset}`.`observations`
    GROUP BY organization_id
  ),
  deletions AS (
    SELECT organization_id, COUNT(DISTINCT contact_id) AS deleted_contacts
    FROM `${dataset}`.`contacts`
    WHERE deleted_at IS NOT NULL
    GROUP BY organization_id
  ),
  compared AS (
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
  measured AS (
    SELECT
      compared.*,
      counter - stored AS gap,
      SAFE_DIVIDE(counter - stored, counter) AS gap_share,
      -- A day's grace: the first open of the first campaign comes after its send, too.
      COALESCE(sent_at < TIMESTAMP_SUB(accounts.coverage_begins_at, INTERVAL 24 HOUR), FALSE) AS is_older_than_coverage,
      COALESCE(
        counters_read_at > TIMESTAMP_SUB(settings.as_of, INTERVAL settings.settle_hours HOUR), FALSE
      ) AS is_settling,
      COALESCE(deletions.deleted_contacts, 0) AS deleted_contacts,
      settings.high_trust_share,
      settings.medium_trust_share
    FROM compared
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    LEFT JOIN accounts
      ON compared.organization_id = accounts.organization_id
    LEFT JOIN deletions
      ON compared.organization_id = deletions.organization_id
  ),
  judged AS (
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
    FROM measured
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
    WHEN 'no_counter' THEN 'ActiveCampaign gives no such counter for this campaign, so nothing can be compared.'
    WHEN 'none' THEN 'What is stored equals the counter.'
    WHEN 'machine_clicks' THEN 'More is stored than counted, because the counter leaves clicks of machines out.'
    WHEN 'counter_behind' THEN 'More is stored than counted: the counter was read before the rows, or leaves some of them out.'
    WHEN 'outside_lookback' THEN 'The campaign is older than what was ever read: sync with --all to have the rest.'
    WHEN 'list_behind' THEN 'The counter moved a short while ago, and lists follow their counters late: a later sync brings the rest.'
    WHEN 'machine_opens' THEN 'No more are missing than ActiveCampaign counts as machine opens: it seems to leave those out of its list.'
    WHEN 'deleted_contacts' THEN 'No more are missing than contacts were deleted: the counter still has them, the list no longer.'
    ELSE 'More is missing than any known cause explains: sync this campaign with --all, and report it if that does not help.'
  END AS explanation,
  CASE
    WHEN gap IS NULL THEN 'unknown'
    WHEN gap = 0 THEN 'exact'
    WHEN ABS(gap) <= high_trust_share * counter THEN 'high'
    WHEN ABS(gap) <= medium_trust_share * counter OR likely_cause IN ('machine_opens', 'machine_clicks') THEN 'medium'
    ELSE 'low'
  END AS trust
FROM judged
