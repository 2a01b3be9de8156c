-- One row is one period of one account (reporting_periods): the campaigns that were sent in it, and the contacts that opened, clicked and bought in it, each counted once.
--
-- As monthly_funnel, for every period. The rates of the e-mails that were sent in the period are those of campaign_engagement,
-- all campaigns together; an automation's campaign counts in the period of its sent_at. Contacts of a period that is only
-- there to be compared with are not counted: nobody asks for them, and they cost the most.
WITH
  -- Grouped before they are joined, so that the many touches are read once per day and not once per period.
  contact_days AS (
    SELECT
      touches.organization_id,
      contact_key,
      DATE(touched_at, COALESCE(time_zone, 'UTC')) AS day,
      LOGICAL_OR(event_type = 'open' AND NOT is_machine) AS has_opened,
      LOGICAL_OR(event_type = 'click' AND NOT is_machine) AS has_clicked,
      LOGICAL_OR(event_type = 'open') AS has_raw_opened,
      LOGICAL_OR(event_type = 'click') AS has_raw_clicked
    FROM `${dataset}`.`touch_observations` AS touches
    INNER JOIN `${dataset}`.`reporting_periods` AS longest
      ON touches.organization_id = longest.organization_id
      AND longest.period = '90d'
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON touches.organization_id = reporting.organization_id
    -- In UTC first, as no zone is a day from it: asking for the day in a zone takes longer than all else.
    WHERE DIV(UNIX_MICROS(touched_at), 86400000000) >= UNIX_DATE(longest.starts_on) - 1
      AND DATE(touched_at, COALESCE(time_zone, 'UTC')) >= longest.starts_on
    GROUP BY touches.organization_id, contact_key, day
  ),
  contact_periods AS (
    SELECT
      days.organization_id, period, contact_key, LOGICAL_OR(has_opened) AS has_opened, LOGICAL_OR(has_clicked) AS has_clicked,
      LOGICAL_OR(has_raw_opened) AS has_raw_opened, LOGICAL_OR(has_raw_clicked) AS has_raw_clicked
    FROM contact_days AS days
    INNER JOIN `${dataset}`.`reporting_periods` AS periods
      ON days.organization_id = periods.organization_id
      AND days.day BETWEEN periods.starts_on AND periods.ends_on
    WHERE kind = 'days'
    GROUP BY days.organization_id, period, contact_key
    UNION ALL
    SELECT
      months.organization_id, SUBSTR(CAST(month AS STRING), 1, 4), contact_key, LOGICAL_OR(has_opened), LOGICAL_OR(has_clicked),
      LOGICAL_OR(has_raw_opened), LOGICAL_OR(has_raw_clicked)
    FROM `${dataset}`.`contact_months` AS months
    GROUP BY organization_id, SUBSTR(CAST(month AS STRING), 1, 4), contact_key
  ),
  earned_orders AS (
    SELECT
      orders.organization_id,
      contact_key,
      conversion_id,
      DATE(converted_at, COALESCE(time_zone, 'UTC')) AS day
    FROM `${dataset}`.`attribution_touches` AS orders
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON orders.organization_id = reporting.organization_id
    WHERE is_conversion AND is_last
  ),
  sent_campaigns AS (
    SELECT
      engagement.organization_id,
      DATE(sent_at, COALESCE(time_zone, 'UTC')) AS day,
      sent,
      delivered,
      -- As its rate has it: from the counters, or else as stored.
      bounce_rate * sent AS bounced,
      CASE WHEN delivered IS NOT NULL THEN unsubscribes END AS unsubscribes
    FROM `${dataset}`.`campaign_engagement` AS engagement
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON engagement.organization_id = reporting.organization_id
  ),
  counts AS (
    SELECT
      organization_id, period, 0 AS campaigns, 0 AS sent, 0 AS delivered, 0.0 AS bounced, 0 AS unsubscribes,
      COUNTIF(has_opened) AS openers, COUNTIF(has_clicked) AS clickers, COUNTIF(has_raw_opened) AS raw_openers,
      COUNTIF(has_raw_clicked) AS raw_clickers, 0 AS buyers, 0 AS orders
    FROM contact_periods
    GROUP BY organization_id, period
    UNION ALL
    SELECT
      organization_id, COALESCE(SUBSTR(CAST(month AS STRING), 1, 7), 'all'), 0, 0, 0, 0.0, 0, openers, clickers, raw_openers,
      raw_clickers, 0, 0
    FROM `${dataset}`.`monthly_contacts`
    UNION ALL
    SELECT
      orders.organization_id, period, 0, 0, 0, 0.0, 0, 0, 0, 0, 0, COUNT(DISTINCT contact_key), COUNT(DISTINCT conversion_id)
    FROM earned_orders AS orders
    INNER JOIN `${dataset}`.`reporting_periods` AS periods
      ON orders.organization_id = periods.organization_id
      AND orders.day >= COALESCE(periods.starts_on, orders.day)
      AND orders.day <= COALESCE(periods.ends_on, orders.day)
    GROUP BY orders.organization_id, period
    UNION ALL
    SELECT
      campaigns.organization_id, period, COUNT(*), SUM(sent), SUM(delivered), SUM(bounced), SUM(unsubscribes), 0, 0, 0, 0, 0, 0
    FROM sent_campaigns AS campaigns
    INNER JOIN `${dataset}`.`reporting_periods` AS periods
      ON campaigns.organization_id = periods.organization_id
      AND COALESCE(campaigns.day >= periods.starts_on, kind = 'all')
      AND COALESCE(campaigns.day <= periods.ends_on, kind = 'all')
    GROUP BY campaigns.organization_id, period
  ),
  sums AS (
    SELECT
      organization_id,
      period,
      CAST(SUM(campaigns) AS INT64) AS campaigns,
      CAST(SUM(COALESCE(sent, 0)) AS INT64) AS sent,
      CAST(SUM(COALESCE(delivered, 0)) AS INT64) AS delivered,
      CAST(ROUND(SUM(COALESCE(bounced, 0.0))) AS INT64) AS bounced,
      CAST(SUM(COALESCE(unsubscribes, 0)) AS INT64) AS unsubscribes,
      CAST(SUM(openers) AS INT64) AS openers,
      CAST(SUM(clickers) AS INT64) AS clickers,
      CAST(SUM(raw_openers) AS INT64) AS raw_openers,
      CAST(SUM(raw_clickers) AS INT64) AS raw_clickers,
      CAST(SUM(buyers) AS INT64) AS buyers,
      CAST(SUM(orders) AS INT64) AS orders
    FROM counts
    GROUP BY organization_id, period
  )
SELECT
  periods.organization_id,
  periods.period,
  COALESCE(campaigns, 0) AS campaigns,
  COALESCE(sent, 0) AS sent,
  COALESCE(delivered, 0) AS delivered,
  SAFE_DIVIDE(bounced, sent) AS bounce_rate,
  SAFE_DIVIDE(unsubscribes, delivered) AS unsubscribe_rate,
  CASE WHEN kind <> 'before' THEN COALESCE(openers, 0) END AS openers,
  CASE WHEN kind <> 'before' THEN COALESCE(clickers, 0) END AS clickers,
  COALESCE(buyers, 0) AS buyers,
  COALESCE(orders, 0) AS orders,
  CASE WHEN kind <> 'before' THEN COALESCE(raw_openers, 0) END AS raw_openers,
  CASE WHEN kind <> 'before' THEN COALESCE(raw_clickers, 0) END AS raw_clickers
FROM `${dataset}`.`reporting_periods` AS periods
LEFT JOIN sums
  ON sums.organization_id = periods.organization_id
  AND sums.period = periods.period
