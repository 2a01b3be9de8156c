-- One row is one campaign that was ever sent or has an activity: what its recipients did.
--
-- Plain columns leave out the opens and clicks that machine_activity recognises as a machine's. raw_* count every stored
-- row, and counter_* are ActiveCampaign's own counters. No row shows Apple's prefetches, so the rates of opens are those
-- of estimated_human_opens, which leaves out as many as ActiveCampaign does. Rates are shares of what was delivered,
-- those of delivery shares of what was sent.
WITH
  touch_counts AS (
    -- Grouped first by what the columns differ in, so that the many touches are counted once and not once per column.
    SELECT
      organization_id,
      campaign_id,
      event_type,
      IF(event_type = 'click', contact_key, NULL) AS clicker,
      COUNTIF(is_first_by_person) AS touches,
      SUM(IF(is_machine, 0, growth)) AS times,
      COUNTIF(is_first) AS raw_touches,
      SUM(growth) AS raw_times
    FROM `${dataset}`.`touch_observations`
    GROUP BY organization_id, campaign_id, event_type, clicker
  ),
  campaign_touches AS (
    SELECT
      organization_id,
      campaign_id,
      SUM(IF(event_type = 'open', touches, 0)) AS unique_opens,
      SUM(IF(event_type = 'open', times, 0)) AS total_opens,
      COUNT(DISTINCT IF(touches > 0, clicker, NULL)) AS unique_clicks,
      SUM(IF(event_type = 'click', touches, 0)) AS link_clicks,
      SUM(IF(event_type = 'click', times, 0)) AS total_clicks,
      SUM(IF(event_type = 'open', raw_touches, 0)) AS raw_unique_opens,
      SUM(IF(event_type = 'open', raw_times, 0)) AS raw_total_opens,
      COUNT(DISTINCT clicker) AS raw_unique_clicks,
      SUM(IF(event_type = 'click', raw_touches, 0)) AS raw_link_clicks,
      SUM(IF(event_type = 'click', raw_times, 0)) AS raw_total_clicks
    FROM touch_counts
    GROUP BY organization_id, campaign_id
  ),
  campaign_other_events AS (
    SELECT
      organization_id,
      campaign_id,
      COUNT(DISTINCT IF(event_type = 'bounce' AND JSON_VALUE(detail['type']) = 'hard', activity_id, NULL)) AS hard_bounces,
      COUNT(DISTINCT IF(event_type = 'bounce' AND JSON_VALUE(detail['type']) = 'soft', activity_id, NULL)) AS soft_bounces,
      COUNT(DISTINCT IF(event_type = 'bounce', activity_id, NULL)) AS bounces,
      COUNT(DISTINCT IF(event_type = 'unsubscribe', contact_key, NULL)) AS unsubscribes,
      COUNT(DISTINCT IF(event_type = 'forward', activity_id, NULL)) AS forwards,
      COUNT(DISTINCT IF(event_type = 'forward', contact_key, NULL)) AS forwarders
    FROM `${dataset}`.`observations`
    WHERE event_type IN ('bounce', 'unsubscribe', 'forward')
    GROUP BY organization_id, campaign_id
  ),
  stored_subjects AS (
    -- The newest reading, in case two concurrent merges inserted a message twice.
    SELECT *
    FROM `${dataset}`.`messages`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id, message_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  distinct_subjects AS (
    SELECT DISTINCT organization_id, campaign_id, subject
    FROM stored_subjects
    WHERE subject IS NOT NULL
  ),
  campaign_subjects AS (
    SELECT organization_id, campaign_id, STRING_AGG(subject, ' | ' ORDER BY subject ASC) AS subject
    FROM distinct_subjects
    GROUP BY organization_id, campaign_id
  ),
  campaign_counts AS (
    SELECT
      campaigns.*,
      campaign_subjects.subject,
      -- What bounced was not delivered; the counters include bounces that were never read.
      GREATEST(
        campaigns.send_amt - COALESCE(campaigns.hardbounces + campaigns.softbounces, campaign_other_events.bounces, 0), 0
      ) AS delivered,
      CAST(COALESCE(campaign_touches.unique_opens, 0) AS INT64) AS unique_opens,
      CAST(COALESCE(campaign_touches.total_opens, 0) AS INT64) AS total_opens,
      COALESCE(campaign_touches.unique_clicks, 0) AS unique_clicks,
      CAST(COALESCE(campaign_touches.link_clicks, 0) AS INT64) AS link_clicks,
      CAST(COALESCE(campaign_touches.total_clicks, 0) AS INT64) AS total_clicks,
      CAST(COALESCE(campaign_touches.raw_unique_opens, 0) AS INT64) AS raw_unique_opens,
      CAST(COALESCE(campaign_touches.raw_total_opens, 0) AS INT64) AS raw_total_opens,
      COALESCE(campaign_touches.raw_unique_clicks, 0) AS raw_unique_clicks,
      CAST(COALESCE(campaign_touches.raw_link_clicks, 0) AS INT64) AS raw_link_clicks,
      CAST(COALESCE(campaign_touches.raw_total_clicks, 0) AS INT64) AS raw_total_clicks,
      COALESCE(campaign_other_events.bounces, 0) AS bounces,
      COALESCE(campaign_other_events.hard_bounces, 0) AS hard_bounces,
      COALESCE(campaign_other_events.soft_bounces, 0) AS soft_bounces,
      COALESCE(campaign_other_events.unsubscribes, 0) AS unsubscribed,
      COALESCE(campaign_other_events.forwards, 0) AS forwarded,
      COALESCE(campaign_other_events.forwarders, 0) AS forwarders,
      COALESCE(campaigns.hardbounces + campaigns.softbounces, campaign_other_events.bounces, 0) AS bounced,
      -- ActiveCampaign's share of verified openers, applied to what is stored: the rules cannot see Apple's prefetches.
      CAST(LEAST(
        COALESCE(campaign_touches.unique_opens, 0),
        COALESCE(
          DIV(
            CAST(campaign_touches.raw_unique_opens AS INT64) * campaigns.verified_unique_opens,
            NULLIF(campaigns.uniqueopens, 0)
          ),
          campaign_touches.unique_opens, 0
        )
      ) AS INT64) AS estimated_human_opens
    FROM `${dataset}`.`campaigns_current` AS campaigns
    LEFT JOIN campaign_touches
      ON campaigns.organization_id = campaign_touches.organization_id
      AND campaigns.campaign_id = campaign_touches.campaign_id
    LEFT JOIN campaign_other_events
      ON campaigns.organization_id = campaign_other_events.organization_id
      AND campaigns.campaign_id = campaign_other_events.campaign_id
    LEFT JOIN campaign_subjects
      ON campaigns.organization_id = campaign_subjects.organization_id
      AND campaigns.campaign_id = campaign_subjects.campaign_id
    WHERE campaigns.send_amt > 0 OR campaign_touches.campaign_id IS NOT NULL OR campaign_other_events.campaign_id IS NOT NULL
  )
SELECT
  organization_id,
  campaign_id,
  campaign_name,
  subject,
  campaign_type,
  automation_id,
  is_broadcast,
  sent_at,
  last_sent_at,
  send_amt AS sent,
  delivered,
  unique_opens,
  total_opens,
  unique_clicks,
  link_clicks,
  total_clicks,
  estimated_human_opens,
  SAFE_DIVIDE(estimated_human_opens, delivered) AS open_rate,
  SAFE_DIVIDE(unique_clicks, delivered) AS click_through_rate,
  SAFE_DIVIDE(unique_clicks, estimated_human_opens) AS click_to_open_rate,
  SAFE_DIVIDE(delivered, send_amt) AS delivery_rate,
  SAFE_DIVIDE(LEAST(bounced, send_amt), send_amt) AS bounce_rate,
  SAFE_DIVIDE(unsubscribed, delivered) AS unsubscribe_rate,
  bounces,
  hard_bounces,
  soft_bounces,
  unsubscribed AS unsubscribes,
  forwarded AS forwards,
  forwarders,
  raw_unique_opens,
  raw_total_opens,
  raw_unique_clicks,
  raw_link_clicks,
  raw_total_clicks,
  SAFE_DIVIDE(raw_unique_opens, delivered) AS raw_open_rate,
  SAFE_DIVIDE(raw_unique_clicks, delivered) AS raw_click_through_rate,
  SAFE_DIVIDE(raw_unique_clicks, raw_unique_opens) AS raw_click_to_open_rate,
  uniqueopens AS counter_unique_opens,
  opens AS counter_opens,
  verified_unique_opens AS counter_verified_unique_opens,
  verified_opens AS counter_verified_opens,
  subscriberclicks AS counter_unique_clicks,
  uniquelinkclicks AS counter_link_clicks,
  linkclicks AS counter_clicks,
  hardbounces AS counter_hard_bounces,
  softbounces AS counter_soft_bounces,
  campaign_counts.unsubscribes AS counter_unsubscribes,
  uniqueforwards AS counter_unique_forwards,
  campaign_counts.forwards AS counter_forwards,
  counters_read_at
FROM campaign_counts
