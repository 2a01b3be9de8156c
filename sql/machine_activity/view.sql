-- One row is one open or click (contact, campaign, event type, link) that a machine made, and the rule that says so.
--
-- The rules judge the latest observation: a contact that opens again after a machine did is a person from then on.
-- Apple's Mail Privacy Protection leaves no trace in a row: machine_calibration holds what the rules find against
-- ActiveCampaign's verified counters. Of the opens, most of all rows, only those are looked at that a rule may be about.
WITH
  clicks AS (
    SELECT
      organization_id,
      campaign_id,
      contact_key,
      COALESCE(link_id, '') AS link,
      MAX(activity_timestamp) AS touched_at
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, contact_key, link
  ),
  broadcasts AS (
    -- An automation sends to each contact at a time of its own, which no row shows.
    SELECT
      campaigns.organization_id,
      campaigns.campaign_id,
      campaigns.sent_at,
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL settings.at_send_seconds SECOND) AS at_send_until
    FROM `${dataset}`.`campaigns_current` AS campaigns
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE campaigns.is_broadcast
  ),

  -- click_all_links: bursts of clicks that begin with a contact's first
  links AS (
    SELECT organization_id, campaign_id, COUNT(DISTINCT link) AS links
    FROM clicks
    GROUP BY organization_id, campaign_id
  ),
  from_first AS (
    SELECT
      *,
      MIN(touched_at) OVER (PARTITION BY organization_id, campaign_id, contact_key) AS began_at,
      COUNT(*) OVER (PARTITION BY organization_id, campaign_id, contact_key) AS links_clicked
    FROM clicks
  ),
  burst_clicks AS (
    SELECT
      from_first.*,
      TIMESTAMP_ADD(from_first.began_at, INTERVAL settings.burst_seconds SECOND) AS burst_until
    FROM from_first
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE from_first.links_clicked >= settings.burst_links
      AND from_first.touched_at <= TIMESTAMP_ADD(from_first.began_at, INTERVAL settings.burst_seconds SECOND)
  ),
  burst_sizes AS (
    SELECT organization_id, campaign_id, contact_key, began_at, burst_until, COUNT(*) AS links_clicked
    FROM burst_clicks
    GROUP BY organization_id, campaign_id, contact_key, began_at, burst_until
  ),
  bursts AS (
    SELECT sizes.organization_id, sizes.campaign_id, sizes.contact_key, sizes.began_at, sizes.burst_until
    FROM burst_sizes AS sizes
    INNER JOIN links
      ON sizes.organization_id = links.organization_id
      AND sizes.campaign_id = links.campaign_id
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE sizes.links_clicked >= settings.burst_links
      AND sizes.links_clicked >= settings.burst_share_of_links * links.links
  ),
  all_links AS (
    SELECT clicks.organization_id, clicks.campaign_id, clicks.contact_key, clicks.link, clicks.touched_at
    FROM burst_clicks AS clicks
    INNER JOIN bursts
      ON clicks.organization_id = bursts.organization_id
      AND clicks.campaign_id = bursts.campaign_id
      AND clicks.contact_key = bursts.contact_key
  ),

  -- click_at_send
  clicks_at_send AS (
    SELECT clicks.organization_id, clicks.campaign_id, clicks.contact_key, clicks.link, clicks.touched_at
    FROM clicks
    INNER JOIN broadcasts
      ON clicks.organization_id = broadcasts.organization_id
      AND clicks.campaign_id = broadcasts.campaign_id
      AND clicks.touched_at >= broadcasts.sent_at
      AND clicks.touched_at <= broadcasts.at_send_until
  ),
  clickers AS (
    SELECT organization_id, campaign_id, contact_key FROM clicks_at_send
    UNION DISTINCT
    SELECT organization_id, campaign_id, contact_key FROM burst_clicks
  ),
  clickers_opens AS (
    -- What those opened whose clicks are in doubt, as of the latest observation.
    SELECT opens.organization_id, opens.campaign_id, opens.contact_key, MAX(opens.activity_timestamp) AS touched_at
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN clickers
      ON opens.organization_id = clickers.organization_id
      AND opens.campaign_id = clickers.campaign_id
      AND opens.contact_key = clickers.contact_key
    WHERE opens.event_type = 'open'
    GROUP BY opens.organization_id, opens.campaign_id, opens.contact_key
  ),
  unopened_clicks AS (
    SELECT clicks.organization_id, clicks.campaign_id, clicks.contact_key, clicks.link, clicks.touched_at
    FROM clicks_at_send AS clicks
    LEFT JOIN clickers_opens AS opens
      ON clicks.organization_id = opens.organization_id
      AND clicks.campaign_id = opens.campaign_id
      AND clicks.contact_key = opens.contact_key
    WHERE opens.contact_key IS NULL
  ),

  -- open_domain_at_send
  domains AS (
    SELECT organization_id, contact_key, domain
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current AND domain IS NOT NULL
  ),
  opens_at_send AS (
    SELECT
      opens.organization_id,
      opens.campaign_id,
      opens.contact_key,
      broadcasts.sent_at,
      broadcasts.at_send_until
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN broadcasts
      ON opens.organization_id = broadcasts.organization_id
      AND opens.campaign_id = broadcasts.campaign_id
      AND opens.activity_timestamp >= broadcasts.sent_at
      AND opens.activity_timestamp <= broadcasts.at_send_until
    WHERE opens.event_type = 'open'
  ),
  suspects AS (
    -- Where a domain could be a gateway at all, so that what follows keeps few opens.
    SELECT opens.organization_id, opens.campaign_id, domains.domain, opens.sent_at, opens.at_send_until
    FROM opens_at_send AS opens
    INNER JOIN domains
      ON opens.organization_id = domains.organization_id
      AND opens.contact_key = domains.contact_key
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    GROUP BY
      opens.organization_id, opens.campaign_id, domains.domain, opens.sent_at, opens.at_send_until,
      settings.domain_contacts
    HAVING COUNT(DISTINCT opens.contact_key) >= settings.domain_contacts
  ),
  domain_opens AS (
    SELECT
      opens.organization_id,
      opens.campaign_id,
      opens.contact_key,
      suspects.domain,
      MAX(opens.activity_timestamp) AS touched_at,
      MAX(opens.activity_timestamp) BETWEEN suspects.sent_at AND suspects.at_send_until AS is_at_send
    FROM `${dataset}`.`observations` AS opens
    -- LEFT and COALESCE have DuckDB look up each opener's domain: else it would list all contacts of a domain for each
    -- campaign, and public ones have many.
    LEFT JOIN domains
      ON opens.organization_id = domains.organization_id
      AND opens.contact_key = domains.contact_key
    INNER JOIN suspects
      ON opens.organization_id = suspects.organization_id
      AND opens.campaign_id = suspects.campaign_id
      AND COALESCE(domains.domain, '') = suspects.domain
    WHERE opens.event_type = 'open'
    GROUP BY
      opens.organization_id, opens.campaign_id, opens.contact_key, suspects.domain, suspects.sent_at,
      suspects.at_send_until
  ),
  gateways AS (
    SELECT domain_opens.organization_id, domain_opens.campaign_id, domain_opens.domain
    FROM domain_opens
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    GROUP BY
      domain_opens.organization_id, domain_opens.campaign_id, domain_opens.domain, settings.domain_contacts,
      settings.domain_share_of_openers
    HAVING COUNTIF(domain_opens.is_at_send) >= settings.domain_contacts
      AND COUNTIF(domain_opens.is_at_send) >= settings.domain_share_of_openers * COUNT(*)
  ),
  gateway_opens AS (
    SELECT domain_opens.organization_id, domain_opens.campaign_id, domain_opens.contact_key, domain_opens.touched_at
    FROM domain_opens
    INNER JOIN gateways
      ON domain_opens.organization_id = gateways.organization_id
      AND domain_opens.campaign_id = gateways.campaign_id
      AND domain_opens.domain = gateways.domain
    WHERE domain_opens.is_at_send
  ),

  -- open_with_all_links
  burst_opens AS (
    SELECT opens.organization_id, opens.campaign_id, opens.contact_key, opens.touched_at
    FROM clickers_opens AS opens
    INNER JOIN bursts
      ON opens.organization_id = bursts.organization_id
      AND opens.campaign_id = bursts.campaign_id
      AND opens.contact_key = bursts.contact_key
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE opens.touched_at <= bursts.burst_until
      AND opens.touched_at >= TIMESTAMP_SUB(bursts.began_at, INTERVAL settings.burst_seconds SECOND)
  ),

  found AS (
    SELECT organization_id, campaign_id, contact_key, link, touched_at, 'click_all_links' AS rule_id
    FROM all_links
    UNION ALL
    SELECT organization_id, campaign_id, contact_key, link, touched_at, 'click_at_send'
    FROM unopened_clicks
    UNION ALL
    SELECT organization_id, campaign_id, contact_key, '', touched_at, 'open_domain_at_send'
    FROM gateway_opens
    UNION ALL
    SELECT organization_id, campaign_id, contact_key, '', touched_at, 'open_with_all_links'
    FROM burst_opens
  ),
  judged AS (
    -- One rule each: the first by name, where several say so.
    SELECT organization_id, campaign_id, contact_key, link, MIN(rule_id) AS rule_id, MAX(touched_at) AS touched_at
    FROM found
    GROUP BY organization_id, campaign_id, contact_key, link
  )
SELECT
  judged.organization_id,
  judged.campaign_id,
  judged.contact_key,
  rules.event_type,
  NULLIF(judged.link, '') AS link_id,
  judged.touched_at AS last_touched_at,
  judged.rule_id,
  rules.version AS rule_version,
  rules.reason
FROM judged
INNER JOIN `${dataset}`.`machine_rules` AS rules
  ON judged.rule_id = rules.rule_id
