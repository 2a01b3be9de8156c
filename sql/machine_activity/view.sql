-- One row is one open or click (contact, campaign, event type, link) made by a machine, and the rule that recognised it.
--
-- The rules check the latest observation: a contact that opens again after a machine did counts as a person from then
-- on. Apple's Mail Privacy Protection leaves no trace in a row: machine_calibration compares what the rules find with
-- ActiveCampaign's verified counters. Most rows are opens; only those that a rule may apply to are read.
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
    -- An automation sends to each contact at a different time, which no row shows.
    SELECT
      campaigns.organization_id,
      campaigns.campaign_id,
      campaigns.sent_at,
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL settings.at_send_seconds SECOND) AS at_send_until
    FROM `${dataset}`.`campaigns_current` AS campaigns
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE campaigns.is_broadcast
  ),

  -- click_all_links: bursts of clicks that begin with a contact's first click
  campaign_links AS (
    SELECT organization_id, campaign_id, COUNT(DISTINCT link) AS links
    FROM clicks
    GROUP BY organization_id, campaign_id
  ),
  contact_clicks AS (
    SELECT
      *,
      MIN(touched_at) OVER (PARTITION BY organization_id, campaign_id, contact_key) AS began_at,
      COUNT(*) OVER (PARTITION BY organization_id, campaign_id, contact_key) AS links_clicked
    FROM clicks
  ),
  burst_clicks AS (
    SELECT
      contact_clicks.*,
      TIMESTAMP_ADD(contact_clicks.began_at, INTERVAL settings.burst_seconds SECOND) AS burst_until
    FROM contact_clicks
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE contact_clicks.links_clicked >= settings.burst_links
      AND contact_clicks.touched_at <= TIMESTAMP_ADD(contact_clicks.began_at, INTERVAL settings.burst_seconds SECOND)
  ),
  burst_sizes AS (
    SELECT organization_id, campaign_id, contact_key, began_at, burst_until, COUNT(*) AS links_clicked
    FROM burst_clicks
    GROUP BY organization_id, campaign_id, contact_key, began_at, burst_until
  ),
  bursts AS (
    SELECT sizes.organization_id, sizes.campaign_id, sizes.contact_key, sizes.began_at, sizes.burst_until
    FROM burst_sizes AS sizes
    INNER JOIN campaign_links
      ON sizes.organization_id = campaign_links.organization_id
      AND sizes.campaign_id = campaign_links.campaign_id
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE sizes.links_clicked >= settings.burst_links
      AND sizes.links_clicked >= settings.burst_share_of_links * campaign_links.links
  ),
  burst_link_clicks AS (
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
  suspected_clickers AS (
    SELECT organization_id, campaign_id, contact_key FROM clicks_at_send
    UNION DISTINCT
    SELECT organization_id, campaign_id, contact_key FROM burst_clicks
  ),
  suspected_clicker_opens AS (
    -- The opens of contacts whose clicks are suspected, as of the latest observation.
    SELECT opens.organization_id, opens.campaign_id, opens.contact_key, MAX(opens.activity_timestamp) AS touched_at
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN suspected_clickers
      ON opens.organization_id = suspected_clickers.organization_id
      AND opens.campaign_id = suspected_clickers.campaign_id
      AND opens.contact_key = suspected_clickers.contact_key
    WHERE opens.event_type = 'open'
    GROUP BY opens.organization_id, opens.campaign_id, opens.contact_key
  ),
  unopened_clicks AS (
    SELECT clicks.organization_id, clicks.campaign_id, clicks.contact_key, clicks.link, clicks.touched_at
    FROM clicks_at_send AS clicks
    LEFT JOIN suspected_clicker_opens AS opens
      ON clicks.organization_id = opens.organization_id
      AND clicks.campaign_id = opens.campaign_id
      AND clicks.contact_key = opens.contact_key
    WHERE opens.contact_key IS NULL
  ),

  -- open_domain_at_send
  contact_domains AS (
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
  suspected_domains AS (
    -- Domains that could be a gateway, so that the next steps read few opens.
    SELECT opens.organization_id, opens.campaign_id, contact_domains.domain, opens.sent_at, opens.at_send_until
    FROM opens_at_send AS opens
    INNER JOIN contact_domains
      ON opens.organization_id = contact_domains.organization_id
      AND opens.contact_key = contact_domains.contact_key
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    GROUP BY
      opens.organization_id, opens.campaign_id, contact_domains.domain, opens.sent_at, opens.at_send_until,
      settings.domain_contacts
    HAVING COUNT(DISTINCT opens.contact_key) >= settings.domain_contacts
  ),
  domain_opens AS (
    SELECT
      opens.organization_id,
      opens.campaign_id,
      opens.contact_key,
      suspected_domains.domain,
      MAX(opens.activity_timestamp) AS touched_at,
      MAX(opens.activity_timestamp) BETWEEN suspected_domains.sent_at AND suspected_domains.at_send_until AS is_at_send
    FROM `${dataset}`.`observations` AS opens
    -- LEFT and COALESCE make DuckDB look up the domain of each opener; otherwise it lists all contacts of a domain for
    -- each campaign, and public domains have many.
    LEFT JOIN contact_domains
      ON opens.organization_id = contact_domains.organization_id
      AND opens.contact_key = contact_domains.contact_key
    INNER JOIN suspected_domains
      ON opens.organization_id = suspected_domains.organization_id
      AND opens.campaign_id = suspected_domains.campaign_id
      AND COALESCE(contact_domains.domain, '') = suspected_domains.domain
    WHERE opens.event_type = 'open'
    GROUP BY
      opens.organization_id, opens.campaign_id, opens.contact_key, suspected_domains.domain, suspected_domains.sent_at,
      suspected_domains.at_send_until
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
    FROM suspected_clicker_opens AS opens
    INNER JOIN bursts
      ON opens.organization_id = bursts.organization_id
      AND opens.campaign_id = bursts.campaign_id
      AND opens.contact_key = bursts.contact_key
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE opens.touched_at <= bursts.burst_until
      AND opens.touched_at >= TIMESTAMP_SUB(bursts.began_at, INTERVAL settings.burst_seconds SECOND)
  ),

  rule_matches AS (
    SELECT organization_id, campaign_id, contact_key, link, touched_at, 'click_all_links' AS rule_id
    FROM burst_link_clicks
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
  machine_touches AS (
    -- One rule per touch: the first by name if several match.
    SELECT organization_id, campaign_id, contact_key, link, MIN(rule_id) AS rule_id, MAX(touched_at) AS touched_at
    FROM rule_matches
    GROUP BY organization_id, campaign_id, contact_key, link
  )
SELECT
  machine_touches.organization_id,
  machine_touches.campaign_id,
  machine_touches.contact_key,
  rules.event_type,
  NULLIF(machine_touches.link, '') AS link_id,
  machine_touches.touched_at AS last_touched_at,
  machine_touches.rule_id,
  rules.version AS rule_version,
  rules.reason
FROM machine_touches
INNER JOIN `${dataset}`.`machine_rules` AS rules
  ON machine_touches.rule_id = rules.rule_id
