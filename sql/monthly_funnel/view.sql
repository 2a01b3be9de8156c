-- One row is one month of one account, or all its time (month NULL): how many contacts opened, clicked and bought, each counted once.
--
-- A contact that opens ten e-mails of a month has opened once here. Buyers are those whose conversion an e-mail earned,
-- each by its last touch; their orders stand beside them. Opens contain Apple's prefetches, which no row shows. E-mails
-- are those of the campaigns that were sent in the month. Months are those of the account's reporting_time_zone.
WITH
  earned_orders AS (
    SELECT
      orders.organization_id,
      contact_key,
      conversion_id,
      CAST(DATE_TRUNC(DATE(converted_at, COALESCE(time_zone, 'UTC')), MONTH) AS DATE) AS month
    FROM `${dataset}`.`attribution_touches` AS orders
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON orders.organization_id = reporting.organization_id
    WHERE is_conversion AND is_last
  ),
  sent_campaigns AS (
    SELECT
      engagement.organization_id,
      CAST(DATE_TRUNC(DATE(sent_at, COALESCE(time_zone, 'UTC')), MONTH) AS DATE) AS month,
      sent,
      delivered
    FROM `${dataset}`.`campaign_engagement` AS engagement
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON engagement.organization_id = reporting.organization_id
  ),
  -- Orders and e-mails once more without a month, for all time.
  counts AS (
    SELECT
      organization_id, month, 0 AS sent, 0 AS delivered, openers, clickers, raw_openers, raw_clickers, 0 AS buyers,
      0 AS orders
    FROM `${dataset}`.`monthly_contacts`
    UNION ALL
    SELECT organization_id, month, 0, 0, 0, 0, 0, 0, COUNT(DISTINCT contact_key), COUNT(DISTINCT conversion_id)
    FROM earned_orders
    GROUP BY organization_id, month
    UNION ALL
    SELECT
      organization_id, CAST(NULL AS DATE), 0, 0, 0, 0, 0, 0, COUNT(DISTINCT contact_key), COUNT(DISTINCT conversion_id)
    FROM earned_orders
    GROUP BY organization_id
    UNION ALL
    SELECT organization_id, month, sent, delivered, 0, 0, 0, 0, 0, 0
    FROM sent_campaigns
    WHERE month IS NOT NULL
    UNION ALL
    SELECT organization_id, CAST(NULL AS DATE), sent, delivered, 0, 0, 0, 0, 0, 0
    FROM sent_campaigns
  )
SELECT
  organization_id,
  month,
  CAST(SUM(COALESCE(sent, 0)) AS INT64) AS sent,
  CAST(SUM(COALESCE(delivered, 0)) AS INT64) AS delivered,
  CAST(SUM(openers) AS INT64) AS openers,
  CAST(SUM(clickers) AS INT64) AS clickers,
  CAST(SUM(buyers) AS INT64) AS buyers,
  CAST(SUM(orders) AS INT64) AS orders,
  CAST(SUM(raw_openers) AS INT64) AS raw_openers,
  CAST(SUM(raw_clickers) AS INT64) AS raw_clickers
FROM counts
GROUP BY organization_id, month
