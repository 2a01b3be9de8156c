-- One row is one campaign and event type: how far its numbers can be trusted, comparing the account's counters with what is stored.
--
-- ActiveCampaign updates counters and lists independently, so small gaps are normal. The cause is the most likely one
-- according to the data, not a proof. Opens and clicks are compared twice: the rows, and the sum of their `times`.
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
  unreadable_counts AS (
    -- Two merges at once may have inserted a row twice.
    SELECT
      organization_id,
      campaign_id,
      CASE report
        WHEN 'opens' THEN 'open'
        WHEN 'clicks' THEN 'click'
        WHEN 'bounces' THEN 'bounce'
        WHEN 'unsubscribes' THEN 'unsubscribe'
        WHEN 'forwards' THEN 'forward'
      END AS event_type,
      COUNT(DISTINCT row_id) AS unreadable_rows
    FROM `${dataset}`.`unreadable_rows`
    GROUP BY organization_id, campaign_id, event_type
  ),
  erased_counts AS (
    SELECT organization_id, campaign_id, event_type, COUNT(DISTINCT row_id) AS erased_rows
    FROM `${dataset}`.`erased_rows`
    GROUP BY organization_id, campaign_id, event_type
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
        WHEN 'open' THEN engagement.counter_opens
        WHEN 'click' THEN engagement.counter_clicks
      END AS counter_times,
      CASE event_type
        WHEN 'open' THEN engagement.raw_total_opens
        WHEN 'click' THEN engagement.raw_total_clicks
      END AS stored_times,
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
      counter_times - stored_times AS gap_times,
      COALESCE(unreadable_counts.unreadable_rows, 0) AS unreadable_rows,
      COALESCE(erased_counts.erased_rows, 0) AS erased_rows,
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
    LEFT JOIN unreadable_counts
      ON counter_comparisons.organization_id = unreadable_counts.organization_id
      AND counter_comparisons.campaign_id = unreadable_counts.campaign_id
      AND counter_comparisons.event_type = unreadable_counts.event_type
    LEFT JOIN erased_counts
      ON counter_comparisons.organization_id = erased_counts.organization_id
      AND counter_comparisons.campaign_id = erased_counts.campaign_id
      AND counter_comparisons.event_type = erased_counts.event_type
  ),
  explained_gaps AS (
    SELECT
      *,
      CONCAT('sendtrail sync --campaign ', CAST(campaign_id AS STRING), ' --all') AS repair,
      CASE
        WHEN gap IS NULL THEN 'no_counter'
        WHEN gap = 0 AND COALESCE(gap_times, 0) = 0 THEN 'none'
        WHEN gap < 0 AND event_type = 'click' AND stored - machine_events <= counter THEN 'machine_clicks'
        WHEN counter = 0 AND gap < 0 AND NOT is_settling THEN 'false_counter'
        WHEN gap < 0 OR (gap = 0 AND gap_times < 0) THEN 'counter_behind'
        -- The only causes that were seen, so they go before those that are inferred.
        WHEN erased_rows > 0 AND gap <= erased_rows THEN 'erased_contacts'
        WHEN unreadable_rows > 0 AND gap <= unreadable_rows THEN 'unreadable_rows'
        WHEN is_older_than_coverage THEN 'outside_lookback'
        WHEN is_settling THEN 'list_behind'
        WHEN gap = 0 THEN 'repeats_missing'
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
  counter_times,
  stored_times,
  gap_times,
  unreadable_rows,
  likely_cause,
  CASE likely_cause
    WHEN 'no_counter' THEN 'ActiveCampaign has no such counter for this campaign, so nothing can be compared.'
    WHEN 'none' THEN 'What is stored equals the counter.'
    WHEN 'machine_clicks' THEN 'More is stored than counted, because the counter leaves out clicks by machines.'
    WHEN 'false_counter' THEN CONCAT(
      'ActiveCampaign counts no ', event_type, ' and lists ', CAST(stored AS STRING),
      ': this counter cannot be trusted, so what is stored cannot be compared with it.'
    )
    WHEN 'counter_behind' THEN 'More is stored than counted: the counter was read before the rows, stands still, or leaves some of them out.'
    WHEN 'erased_contacts' THEN 'As many or fewer are missing than rows of people who were erased: the account still counts them.'
    WHEN 'unreadable_rows' THEN CONCAT(
      'As many or fewer are missing than rows could not be understood: the table unreadable_rows says why. ',
      'Update Sendtrail, run ', repair, ', and report it if that does not help.'
    )
    WHEN 'outside_lookback' THEN CONCAT('The campaign is older than the synced period: run ', repair, ' to get the rest.')
    WHEN 'list_behind' THEN 'The counter changed a short while ago, and lists follow their counters with a delay: a later sync gets the rest.'
    WHEN 'repeats_missing' THEN CONCAT(
      'Every contact is stored, but ', CAST(gap_times AS STRING), ' of ', CAST(counter_times AS STRING), ' ', event_type,
      's are not in their totals: run ', repair, ', and report it if that does not help.'
    )
    WHEN 'machine_opens' THEN 'As many or fewer are missing than ActiveCampaign counts as machine opens: it seems to leave those out of its list.'
    WHEN 'deleted_contacts' THEN 'As many or fewer are missing than contacts were deleted: the counter still includes them, the list does not.'
    ELSE CONCAT('More is missing than any known cause explains: run ', repair, ', and report it if that does not help.')
  END AS explanation,
  -- Where every contact is stored and only repeats are missing, it is medium at worst.
  CASE
    WHEN gap IS NULL OR likely_cause = 'false_counter' THEN 'unknown'
    WHEN likely_cause = 'none' THEN 'exact'
    WHEN ABS(gap) <= high_trust_share * counter
      AND COALESCE(ABS(gap_times) <= high_trust_share * counter_times, TRUE)
      THEN 'high'
    WHEN ABS(gap) <= medium_trust_share * counter OR likely_cause IN ('machine_opens', 'machine_clicks', 'erased_contacts') THEN 'medium'
    ELSE 'low'
  END AS trust
FROM explained_gaps
