-- One row is one observation of an open or a click (contact, campaign, message, event type, link) that a machine made, and the rule that recognised it.
--
-- Observations are judged one by one, by what was known at recognised_at: the time of the last piece of evidence. What
-- is seen later changes no verdict, so that a conversion before recognised_at is credited as if a person had clicked,
-- and one after it never again. Apple's Mail Privacy Protection leaves no trace in a row: machine_calibration compares
-- what the rules find with ActiveCampaign's verified counters. Most rows are opens; only those that a rule may apply to
-- are read.
WITH
  clicks AS (
    -- Where a count grows and the row's time stands still, only the first observation happened at that time.
    SELECT
      organization_id,
      campaign_id,
      COALESCE(message_id, '') AS message,
      contact_key,
      COALESCE(link_id, '') AS link,
      activity_timestamp AS clicked_at,
      MIN(times) AS times
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, message, contact_key, link, clicked_at
  ),
  broadcasts AS (
    -- An automation sends to each contact at a different time, which no row shows.
    SELECT
      campaigns.organization_id,
      campaigns.campaign_id,
      campaigns.sent_at,
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL settings.at_send_seconds SECOND) AS at_send_until,
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL thresholds.domain_minutes MINUTE) AS domain_judged_at
    FROM `${dataset}`.`campaigns_current` AS campaigns
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE campaigns.is_broadcast
  ),

  -- A burst is clicks of a contact on one message with pauses of seconds, a visit has pauses of minutes.
  clicks_with_pauses AS (
    SELECT
      *,
      UNIX_MICROS(clicked_at) - UNIX_MICROS(
        LAG(clicked_at) OVER (
          PARTITION BY organization_id, campaign_id, message, contact_key
          ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
        )
      ) AS pause_us
    FROM clicks
  ),
  numbered_clicks AS (
    SELECT
      clicks_with_pauses.*,
      SUM(CASE WHEN pause_us <= settings.burst_seconds * 1000000 THEN 0 ELSE 1 END) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS burst,
      SUM(CASE WHEN pause_us <= thresholds.visit_seconds * 1000000 THEN 0 ELSE 1 END) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS visit
    FROM clicks_with_pauses
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
  ),
  clicks_of_new_links AS (
    SELECT
      *,
      MIN(clicked_at) OVER (PARTITION BY organization_id, campaign_id, message, contact_key, burst) AS burst_began_at,
      CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, campaign_id, message, contact_key, burst, link
          ORDER BY clicked_at ASC NULLS LAST
        ) = 1 THEN 1
        ELSE 0
      END AS new_in_burst,
      CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, campaign_id, message, contact_key, visit, link
          ORDER BY clicked_at ASC NULLS LAST
        ) = 1 THEN 1
        ELSE 0
      END AS new_in_visit
    FROM numbered_clicks
  ),
  counted_clicks AS (
    -- How many links the contact had clicked in the burst and in the visit, up to each click.
    SELECT
      *,
      SUM(new_in_burst) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key, burst
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS burst_links,
      SUM(new_in_visit) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key, visit
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS visit_links
    FROM clicks_of_new_links
  ),

  -- click_burst: more links in a time than a person manages
  bursts AS (
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.burst,
      MIN(clicks.clicked_at) AS recognised_at
    FROM counted_clicks AS clicks
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE clicks.burst_links >= settings.burst_links
      AND UNIX_MICROS(clicks.clicked_at) - UNIX_MICROS(clicks.burst_began_at) <= 1000000
        * (thresholds.burst_free_seconds + thresholds.burst_seconds_per_link * (clicks.burst_links - settings.burst_links))
    GROUP BY clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.burst
  ),

  -- click_all_links: every link, one after the other
  message_links AS (
    SELECT organization_id, campaign_id, message, link, MIN(clicked_at) AS first_clicked_at
    FROM clicks
    GROUP BY organization_id, campaign_id, message, link
  ),
  suspected_visits AS (
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.visit, clicks.clicked_at,
      MAX(clicks.visit_links) AS visit_links
    FROM counted_clicks AS clicks
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE clicks.visit_links >= thresholds.visit_links
    GROUP BY
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.visit, clicks.clicked_at
  ),
  complete_visits AS (
    SELECT
      visits.organization_id, visits.campaign_id, visits.message, visits.contact_key, visits.visit, visits.clicked_at
    FROM suspected_visits AS visits
    INNER JOIN message_links
      ON visits.organization_id = message_links.organization_id
      AND visits.campaign_id = message_links.campaign_id
      AND visits.message = message_links.message
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE message_links.first_clicked_at <= visits.clicked_at
    GROUP BY
      visits.organization_id, visits.campaign_id, visits.message, visits.contact_key, visits.visit, visits.clicked_at,
      visits.visit_links, settings.burst_share_of_links
    HAVING visits.visit_links >= settings.burst_share_of_links * COUNT(*)
  ),
  visits AS (
    SELECT organization_id, campaign_id, message, contact_key, visit, MIN(clicked_at) AS recognised_at
    FROM complete_visits
    GROUP BY organization_id, campaign_id, message, contact_key, visit
  ),

  -- click_at_send: a click within seconds of the send, by a contact that had not opened the e-mail
  clicks_at_send AS (
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.link, clicks.clicked_at,
      clicks.times
    FROM clicks
    INNER JOIN broadcasts
      ON clicks.organization_id = broadcasts.organization_id
      AND clicks.campaign_id = broadcasts.campaign_id
      AND clicks.clicked_at >= broadcasts.sent_at
      AND clicks.clicked_at <= broadcasts.at_send_until
  ),
  rule_clicks AS (
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.link, clicks.clicked_at,
      clicks.times, GREATEST(clicks.clicked_at, bursts.recognised_at) AS recognised_at, 'click_burst' AS rule_id
    FROM numbered_clicks AS clicks
    INNER JOIN bursts
      ON clicks.organization_id = bursts.organization_id
      AND clicks.campaign_id = bursts.campaign_id
      AND clicks.message = bursts.message
      AND clicks.contact_key = bursts.contact_key
      AND clicks.burst = bursts.burst
    UNION ALL
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.link, clicks.clicked_at,
      clicks.times, GREATEST(clicks.clicked_at, visits.recognised_at), 'click_all_links'
    FROM numbered_clicks AS clicks
    INNER JOIN visits
      ON clicks.organization_id = visits.organization_id
      AND clicks.campaign_id = visits.campaign_id
      AND clicks.message = visits.message
      AND clicks.contact_key = visits.contact_key
      AND clicks.visit = visits.visit
    UNION ALL
    SELECT organization_id, campaign_id, message, contact_key, link, clicked_at, times, clicked_at, 'click_at_send'
    FROM clicks_at_send
  ),

  -- The opens of contacts whose clicks are suspected
  suspected_clickers AS (
    SELECT DISTINCT organization_id, campaign_id, contact_key
    FROM rule_clicks
  ),
  suspected_opens AS (
    SELECT
      opens.organization_id, opens.campaign_id, COALESCE(opens.message_id, '') AS message, opens.contact_key,
      opens.activity_timestamp AS opened_at, MIN(opens.times) AS times
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN suspected_clickers
      ON opens.organization_id = suspected_clickers.organization_id
      AND opens.campaign_id = suspected_clickers.campaign_id
      AND opens.contact_key = suspected_clickers.contact_key
    WHERE opens.event_type = 'open'
    GROUP BY opens.organization_id, opens.campaign_id, message, opens.contact_key, opened_at
  ),
  opened_clicks AS (
    -- Clicks at the send that follow an open; an open at the same moment is the one that ActiveCampaign derives from it.
    SELECT DISTINCT
      clicks.organization_id, clicks.campaign_id, clicks.contact_key, clicks.clicked_at
    FROM clicks_at_send AS clicks
    INNER JOIN suspected_opens AS opens
      ON clicks.organization_id = opens.organization_id
      AND clicks.campaign_id = opens.campaign_id
      AND clicks.contact_key = opens.contact_key
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE UNIX_MICROS(opens.opened_at) < UNIX_MICROS(clicks.clicked_at) - thresholds.implied_open_seconds * 1000000
  ),
  machine_clicks AS (
    SELECT rule_clicks.*
    FROM rule_clicks
    LEFT JOIN opened_clicks
      ON rule_clicks.organization_id = opened_clicks.organization_id
      AND rule_clicks.campaign_id = opened_clicks.campaign_id
      AND rule_clicks.contact_key = opened_clicks.contact_key
      AND rule_clicks.clicked_at = opened_clicks.clicked_at
    WHERE rule_clicks.rule_id <> 'click_at_send' OR opened_clicks.contact_key IS NULL
  ),

  -- open_with_clicks: an open within seconds of a machine's click
  opens_with_clicks AS (
    SELECT
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at, opens.times,
      MIN(GREATEST(opens.opened_at, clicks.recognised_at)) AS recognised_at
    FROM suspected_opens AS opens
    INNER JOIN machine_clicks AS clicks
      ON opens.organization_id = clicks.organization_id
      AND opens.campaign_id = clicks.campaign_id
      AND opens.contact_key = clicks.contact_key
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE ABS(UNIX_MICROS(opens.opened_at) - UNIX_MICROS(clicks.clicked_at)) <= settings.burst_seconds * 1000000
    GROUP BY
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at, opens.times
  ),

  -- open_domain_at_send: most of a mail domain's first openers at the send
  early_opens AS (
    SELECT
      opens.organization_id, opens.campaign_id, COALESCE(opens.message_id, '') AS message, opens.contact_key,
      -- As the report shows it: the domain that the contact had then.
      MIN(REGEXP_EXTRACT(LOWER(TRIM(opens.contact_email)), r'@(.+)')) AS domain,
      opens.activity_timestamp AS opened_at, MIN(opens.times) AS times, broadcasts.at_send_until,
      broadcasts.domain_judged_at
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN broadcasts
      ON opens.organization_id = broadcasts.organization_id
      AND opens.campaign_id = broadcasts.campaign_id
      AND opens.activity_timestamp >= broadcasts.sent_at
      AND opens.activity_timestamp <= broadcasts.domain_judged_at
    WHERE opens.event_type = 'open'
    GROUP BY
      opens.organization_id, opens.campaign_id, message, opens.contact_key, opened_at, broadcasts.at_send_until,
      broadcasts.domain_judged_at
  ),
  gateways AS (
    SELECT opens.organization_id, opens.campaign_id, opens.domain
    FROM early_opens AS opens
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    GROUP BY
      opens.organization_id, opens.campaign_id, opens.domain, settings.domain_contacts, settings.domain_share_of_openers
    HAVING COUNT(DISTINCT CASE WHEN opens.opened_at <= opens.at_send_until THEN opens.contact_key END)
        >= settings.domain_contacts
      AND COUNT(DISTINCT CASE WHEN opens.opened_at <= opens.at_send_until THEN opens.contact_key END)
        >= settings.domain_share_of_openers * COUNT(DISTINCT opens.contact_key)
  ),

  rule_matches AS (
    SELECT
      organization_id, campaign_id, message, contact_key, 'click' AS event_type, link, clicked_at AS touched_at, times,
      recognised_at, rule_id
    FROM machine_clicks
    UNION ALL
    SELECT
      organization_id, campaign_id, message, contact_key, 'open', '', opened_at, times, recognised_at,
      'open_with_clicks'
    FROM opens_with_clicks
    UNION ALL
    SELECT
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, 'open', '', opens.opened_at,
      opens.times, opens.domain_judged_at, 'open_domain_at_send'
    FROM early_opens AS opens
    INNER JOIN gateways
      ON opens.organization_id = gateways.organization_id
      AND opens.campaign_id = gateways.campaign_id
      AND opens.domain = gateways.domain
    WHERE opens.opened_at <= opens.at_send_until
  ),
  first_matches AS (
    -- One rule per observation: that which recognised it first.
    SELECT *
    FROM rule_matches
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id, message, contact_key, event_type, link, touched_at
      ORDER BY recognised_at ASC NULLS LAST, rule_id ASC NULLS LAST
    ) = 1
  )
SELECT
  matches.organization_id,
  matches.campaign_id,
  NULLIF(matches.message, '') AS message_id,
  matches.contact_key,
  matches.event_type,
  NULLIF(matches.link, '') AS link_id,
  matches.touched_at,
  matches.times,
  matches.recognised_at,
  matches.rule_id,
  rules.version AS rule_version,
  rules.reason
FROM first_matches AS matches
INNER JOIN `${dataset}`.`machine_rules` AS rules
  ON matches.rule_id = rules.rule_id
