-- One row is one observation of an open or a click (contact, campaign, message, event type, link) that a machine made, or that may be either's, and the rule that says so.
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
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL thresholds.delivery_minutes MINUTE) AS delivered_until,
      TIMESTAMP_ADD(campaigns.sent_at, INTERVAL thresholds.domain_minutes MINUTE) AS domain_judged_at
    FROM `${dataset}`.`campaigns_current` AS campaigns
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE campaigns.is_broadcast
  ),

  -- A burst is clicks of a contact on one message with pauses of seconds, a visit has pauses of minutes.
  clicks_with_neighbours AS (
    SELECT
      *,
      LAG(clicked_at) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
      ) AS clicked_before,
      LEAD(clicked_at) OVER (
        PARTITION BY organization_id, campaign_id, message, contact_key
        ORDER BY clicked_at ASC NULLS LAST, link ASC NULLS LAST
      ) AS clicked_after
    FROM clicks
  ),
  clicks_with_pauses AS (
    SELECT
      *,
      UNIX_MICROS(clicked_at) - UNIX_MICROS(clicked_before) AS pause_us,
      UNIX_MICROS(clicked_after) - UNIX_MICROS(clicked_at) AS next_pause_us
    FROM clicks_with_neighbours
  ),
  -- Most clicks are the only one of their visit: they need no counting.
  lone_clicks AS (
    SELECT clicks.*
    FROM clicks_with_pauses AS clicks
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE COALESCE(pause_us > thresholds.visit_seconds * 1000000, TRUE)
      AND COALESCE(next_pause_us > thresholds.visit_seconds * 1000000, TRUE)
  ),
  numbered_clicks AS (
    SELECT
      clicks.*,
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
    FROM clicks_with_pauses AS clicks
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE pause_us <= thresholds.visit_seconds * 1000000 OR next_pause_us <= thresholds.visit_seconds * 1000000
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

  -- click_honeypot, open_honeypot: a link that no person sees, and what follows it in its e-mail at once;
  -- click_after_honeypot: what follows later, from a scanner that comes back or from the person behind it
  honeypot_clicks AS (
    SELECT
      observations.organization_id, observations.campaign_id, COALESCE(observations.message_id, '') AS message,
      observations.contact_key, MIN(observations.activity_timestamp) AS recognised_at
    FROM `${dataset}`.`observations` AS observations
    INNER JOIN `${dataset}`.`honeypot_settings` AS honeypots
      ON observations.organization_id = honeypots.organization_id
    WHERE observations.event_type = 'click' AND STRPOS(LOWER(observations.link_url), honeypots.address_part) > 0
    GROUP BY observations.organization_id, observations.campaign_id, message, observations.contact_key
  ),
  honeypot_observations AS (
    SELECT DISTINCT
      observations.organization_id, observations.campaign_id, COALESCE(observations.message_id, '') AS message,
      observations.contact_key, observations.event_type, COALESCE(observations.link_id, '') AS link,
      observations.activity_timestamp AS touched_at, observations.times,
      UNIX_MICROS(observations.activity_timestamp) - UNIX_MICROS(honeypot_clicks.recognised_at)
        <= thresholds.honeypot_minutes * 60000000 AS is_at_once
    FROM `${dataset}`.`observations` AS observations
    INNER JOIN honeypot_clicks
      ON observations.organization_id = honeypot_clicks.organization_id
      AND observations.campaign_id = honeypot_clicks.campaign_id
      AND COALESCE(observations.message_id, '') = honeypot_clicks.message
      AND observations.contact_key = honeypot_clicks.contact_key
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE observations.event_type IN ('open', 'click')
      AND observations.activity_timestamp >= honeypot_clicks.recognised_at
  ),

  -- click_burst, click_at_send, click_repeated, click_doubtful: what each burst shows
  burst_clicks AS (
    SELECT clicks.*, broadcasts.sent_at, broadcasts.at_send_until, broadcasts.delivered_until
    FROM (
      SELECT
        organization_id, campaign_id, message, contact_key, link, clicked_at, times, burst_began_at AS began_at, burst_links,
        FALSE AS is_alone
      FROM counted_clicks
      UNION ALL
      SELECT organization_id, campaign_id, message, contact_key, link, clicked_at, times, clicked_at, 1, TRUE
      FROM lone_clicks
    ) AS clicks
    LEFT JOIN broadcasts
      ON clicks.organization_id = broadcasts.organization_id
      AND clicks.campaign_id = broadcasts.campaign_id
    -- Alone, a click is suspicious at the delivery of its e-mail only.
    WHERE NOT clicks.is_alone OR clicks.clicked_at BETWEEN broadcasts.sent_at AND broadcasts.delivered_until
  ),
  burst_times AS (
    SELECT
      clicks.organization_id,
      clicks.campaign_id,
      clicks.message,
      clicks.contact_key,
      clicks.began_at,
      clicks.sent_at,
      clicks.at_send_until,
      clicks.delivered_until,
      -- When there were more links than a person clicks in that time, and when there was a second one at once.
      MIN(
        CASE
          WHEN clicks.burst_links >= settings.burst_links
            AND UNIX_MICROS(clicks.clicked_at) - UNIX_MICROS(clicks.began_at) <= 1000000 * (
              thresholds.burst_free_seconds
              + thresholds.burst_seconds_per_link * (clicks.burst_links - settings.burst_links)
            )
            THEN clicks.clicked_at
        END
      ) AS overwhelmed_at,
      MIN(
        CASE
          WHEN clicks.burst_links >= 2
            AND UNIX_MICROS(clicks.clicked_at) - UNIX_MICROS(clicks.began_at) <= 1000000 * thresholds.pair_seconds
            THEN clicks.clicked_at
        END
      ) AS paired_at
    FROM burst_clicks AS clicks
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    GROUP BY
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.began_at, clicks.sent_at,
      clicks.at_send_until, clicks.delivered_until
  ),
  burst_contacts AS (
    SELECT DISTINCT organization_id, campaign_id, contact_key
    FROM burst_times
  ),
  -- Few contacts have bursts: only their opens are compared with clicks.
  burst_opens AS (
    SELECT
      opens.organization_id, opens.campaign_id, COALESCE(opens.message_id, '') AS opened_message, opens.contact_key,
      opens.activity_timestamp AS opened_at, MIN(opens.times) AS times
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN burst_contacts
      ON opens.organization_id = burst_contacts.organization_id
      AND opens.campaign_id = burst_contacts.campaign_id
      AND opens.contact_key = burst_contacts.contact_key
    WHERE opens.event_type = 'open'
    GROUP BY opens.organization_id, opens.campaign_id, opened_message, opens.contact_key, opened_at
  ),
  first_opens AS (
    SELECT organization_id, campaign_id, contact_key, MIN(opened_at) AS first_opened_at
    FROM burst_opens
    GROUP BY organization_id, campaign_id, contact_key
  ),
  bursts AS (
    -- An open at the same moment is the one that ActiveCampaign derives from the click.
    SELECT
      burst_times.*,
      COALESCE(
        UNIX_MICROS(first_opens.first_opened_at) >= UNIX_MICROS(burst_times.began_at)
        - thresholds.implied_open_seconds * 1000000,
        TRUE
      ) AS is_unopened,
      COALESCE(burst_times.began_at BETWEEN burst_times.sent_at AND burst_times.at_send_until, FALSE) AS is_at_send,
      COALESCE(burst_times.began_at BETWEEN burst_times.sent_at AND burst_times.delivered_until, FALSE) AS is_at_delivery
    FROM burst_times
    LEFT JOIN first_opens
      ON burst_times.organization_id = first_opens.organization_id
      AND burst_times.campaign_id = first_opens.campaign_id
      AND burst_times.contact_key = first_opens.contact_key
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
  ),
  scanned_campaigns AS (
    -- In which campaigns a contact's mail was scanned, or looked as if.
    SELECT organization_id, contact_key, campaign_id, MIN(scanned_at) AS scanned_at
    FROM (
      SELECT
        organization_id, contact_key, campaign_id,
        CASE
          WHEN is_unopened AND is_at_delivery AND paired_at IS NOT NULL
            THEN LEAST(paired_at, COALESCE(overwhelmed_at, paired_at))
          ELSE overwhelmed_at
        END AS scanned_at
      FROM bursts
      UNION ALL
      SELECT organization_id, contact_key, campaign_id, recognised_at
      FROM visits
      UNION ALL
      SELECT organization_id, contact_key, campaign_id, recognised_at
      FROM honeypot_clicks
    )
    WHERE scanned_at IS NOT NULL
    GROUP BY organization_id, contact_key, campaign_id
  ),
  numbered_scans AS (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY organization_id, contact_key
        ORDER BY scanned_at ASC NULLS LAST, campaign_id ASC NULLS LAST
      ) AS number
    FROM scanned_campaigns
  ),
  known_contacts AS (
    SELECT scans.organization_id, scans.contact_key, scans.scanned_at AS known_since
    FROM numbered_scans AS scans
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE scans.number = thresholds.scanned_campaigns
  ),
  -- A scanner watches all mail of a firm: where most contacts of a mail domain that click are known, so are the others.
  domain_clickers AS (
    SELECT
      organization_id, REGEXP_EXTRACT(LOWER(TRIM(contact_email)), r'@(.+)') AS domain, contact_key,
      MIN(activity_timestamp) AS first_clicked_at
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, domain, contact_key
  ),
  known_members AS (
    SELECT
      clickers.organization_id, clickers.domain,
      GREATEST(clickers.first_clicked_at, known_contacts.known_since) AS known_since,
      ROW_NUMBER() OVER (
        PARTITION BY clickers.organization_id, clickers.domain
        ORDER BY
          GREATEST(clickers.first_clicked_at, known_contacts.known_since) ASC NULLS LAST,
          clickers.contact_key ASC NULLS LAST
      ) AS members
    FROM domain_clickers AS clickers
    INNER JOIN known_contacts
      ON clickers.organization_id = known_contacts.organization_id
      AND clickers.contact_key = known_contacts.contact_key
    WHERE clickers.domain IS NOT NULL
  ),
  domain_shares AS (
    SELECT
      members.organization_id, members.domain, members.known_since, members.members, COUNT(*) AS clickers
    FROM known_members AS members
    INNER JOIN domain_clickers AS clickers
      ON members.organization_id = clickers.organization_id
      AND members.domain = clickers.domain
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE members.members >= settings.domain_contacts
      AND clickers.first_clicked_at <= members.known_since
    GROUP BY members.organization_id, members.domain, members.known_since, members.members
  ),
  known_domains AS (
    SELECT shares.organization_id, shares.domain, MIN(shares.known_since) AS known_since
    FROM domain_shares AS shares
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE shares.members >= thresholds.domain_scanned_share * shares.clickers
    GROUP BY shares.organization_id, shares.domain
  ),
  known_scanners AS (
    -- What a contact does from then on may be a scanner's again.
    SELECT
      organization_id, contact_key, MIN(GREATEST(UNIX_MICROS(known_since) + 1, UNIX_MICROS(member_since))) AS expected_from_us
    FROM (
      SELECT organization_id, contact_key, known_since, known_since AS member_since
      FROM known_contacts
      UNION ALL
      SELECT clickers.organization_id, clickers.contact_key, known_domains.known_since, clickers.first_clicked_at
      FROM domain_clickers AS clickers
      INNER JOIN known_domains
        ON clickers.organization_id = known_domains.organization_id
        AND clickers.domain = known_domains.domain
    )
    GROUP BY organization_id, contact_key
  ),
  judged_bursts AS (
    SELECT
      bursts.*,
      CASE
        WHEN bursts.is_unopened AND UNIX_MICROS(bursts.began_at) >= known_scanners.expected_from_us
          THEN CASE WHEN bursts.is_at_delivery THEN bursts.began_at ELSE bursts.paired_at END
      END AS repeated_at
    FROM bursts
    LEFT JOIN known_scanners
      ON bursts.organization_id = known_scanners.organization_id
      AND bursts.contact_key = known_scanners.contact_key
  ),
  burst_rules AS (
    SELECT judged_bursts.*, verdicts.rule_id,
      CASE verdicts.rule_id
        WHEN 'click_burst' THEN overwhelmed_at
        WHEN 'click_at_send' THEN began_at
        WHEN 'click_repeated' THEN repeated_at
      END AS recognised_at
    FROM judged_bursts
    CROSS JOIN UNNEST([
      STRUCT('click_burst' AS rule_id), STRUCT('click_at_send'), STRUCT('click_repeated'), STRUCT('click_doubtful')
    ]) AS verdicts
    WHERE CASE verdicts.rule_id
      WHEN 'click_burst' THEN overwhelmed_at IS NOT NULL
      WHEN 'click_at_send' THEN is_at_send AND is_unopened
      WHEN 'click_repeated' THEN repeated_at IS NOT NULL
      ELSE paired_at IS NOT NULL
    END
  ),
  rule_clicks AS (
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.message, clicks.contact_key, clicks.link, clicks.clicked_at,
      clicks.times, GREATEST(clicks.clicked_at, burst_rules.recognised_at) AS recognised_at, burst_rules.rule_id
    FROM burst_clicks AS clicks
    INNER JOIN burst_rules
      ON clicks.organization_id = burst_rules.organization_id
      AND clicks.campaign_id = burst_rules.campaign_id
      AND clicks.message = burst_rules.message
      AND clicks.contact_key = burst_rules.contact_key
      AND clicks.began_at = burst_rules.began_at
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
  ),

  -- open_with_clicks: an open within seconds of a machine's click
  rule_touches AS (
    -- The clicks and their opens at once: where rule_clicks is named twice, BigQuery computes all above it twice.
    SELECT
      clicks.organization_id, clicks.campaign_id, clicks.contact_key, touches.event_type,
      CASE touches.event_type WHEN 'click' THEN clicks.message ELSE opens.opened_message END AS message,
      CASE touches.event_type WHEN 'click' THEN clicks.link ELSE '' END AS link,
      CASE touches.event_type WHEN 'click' THEN clicks.clicked_at ELSE opens.opened_at END AS touched_at,
      CASE touches.event_type WHEN 'click' THEN clicks.times ELSE opens.times END AS times,
      CASE touches.event_type WHEN 'click' THEN clicks.recognised_at ELSE GREATEST(opens.opened_at, clicks.recognised_at) END
        AS recognised_at,
      CASE touches.event_type WHEN 'click' THEN clicks.rule_id ELSE 'open_with_clicks' END AS rule_id
    FROM rule_clicks AS clicks
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    LEFT JOIN burst_opens AS opens
      ON clicks.organization_id = opens.organization_id
      AND clicks.campaign_id = opens.campaign_id
      AND clicks.contact_key = opens.contact_key
      AND ABS(UNIX_MICROS(opens.opened_at) - UNIX_MICROS(clicks.clicked_at)) <= settings.burst_seconds * 1000000
    CROSS JOIN UNNEST([STRUCT('click' AS event_type), STRUCT('open')]) AS touches
    WHERE touches.event_type = 'click' OR (opens.opened_at IS NOT NULL AND clicks.recognised_at IS NOT NULL)
  ),

  -- open_domain_at_send: most of a mail domain's first openers at the send
  early_opens AS (
    SELECT
      opens.organization_id, opens.campaign_id, COALESCE(opens.message_id, '') AS message, opens.contact_key,
      opens.contact_email, opens.activity_timestamp AS opened_at, opens.times, broadcasts.sent_at,
      broadcasts.domain_judged_at, opens.activity_timestamp <= broadcasts.at_send_until AS is_at_send
    FROM `${dataset}`.`observations` AS opens
    INNER JOIN broadcasts
      ON opens.organization_id = broadcasts.organization_id
      AND opens.campaign_id = broadcasts.campaign_id
      AND opens.activity_timestamp >= broadcasts.sent_at
      AND opens.activity_timestamp <= broadcasts.domain_judged_at
    WHERE opens.event_type = 'open'
  ),
  early_addresses AS (
    SELECT
      organization_id, campaign_id, domain_judged_at, contact_key, contact_email, LOGICAL_OR(is_at_send) AS is_at_send
    FROM early_opens
    GROUP BY organization_id, campaign_id, domain_judged_at, contact_key, contact_email
  ),
  early_openers AS (
    SELECT
      organization_id, campaign_id, domain_judged_at, contact_key,
      -- As the report shows it: the domain that the contact had then.
      REGEXP_EXTRACT(LOWER(TRIM(contact_email)), r'@(.+)') AS domain,
      LOGICAL_OR(is_at_send) AS is_at_send
    FROM early_addresses
    GROUP BY organization_id, campaign_id, domain_judged_at, contact_key, domain
  ),
  gateways AS (
    SELECT openers.organization_id, openers.campaign_id, openers.domain
    FROM early_openers AS openers
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    GROUP BY
      openers.organization_id, openers.campaign_id, openers.domain, settings.domain_contacts,
      settings.domain_share_of_openers
    HAVING COUNTIF(openers.is_at_send) >= settings.domain_contacts
      AND COUNTIF(openers.is_at_send) >= settings.domain_share_of_openers * COUNT(*)
  ),
  gateway_opens AS (
    SELECT
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at, opens.domain_judged_at,
      MIN(opens.times) AS times
    FROM early_opens AS opens
    INNER JOIN gateways
      ON opens.organization_id = gateways.organization_id
      AND opens.campaign_id = gateways.campaign_id
      AND REGEXP_EXTRACT(LOWER(TRIM(opens.contact_email)), r'@(.+)') = gateways.domain
    WHERE opens.is_at_send
    GROUP BY
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at, opens.domain_judged_at
  ),

  -- open_domain_repeated: everybody in a mail domain opens at once, campaign after campaign
  early_members AS (
    SELECT
      organization_id, campaign_id, domain, contact_key, domain_judged_at AS judged_at,
      MIN(domain_judged_at) OVER (PARTITION BY organization_id, domain, contact_key) AS member_since
    FROM early_openers
    WHERE domain IS NOT NULL
  ),
  domain_campaigns AS (
    -- Who opened early for the first time says nothing yet.
    SELECT organization_id, domain, judged_at, campaign_id, COUNTIF(member_since < judged_at) AS repeating
    FROM early_members
    GROUP BY organization_id, domain, judged_at, campaign_id
  ),
  domain_moments AS (
    SELECT
      organization_id, domain, judged_at,
      COUNT(DISTINCT CASE WHEN member_since = judged_at THEN contact_key END) AS new_members
    FROM early_members
    GROUP BY organization_id, domain, judged_at
  ),
  domain_members AS (
    SELECT
      organization_id, domain, judged_at,
      SUM(new_members) OVER (
        PARTITION BY organization_id, domain
        ORDER BY judged_at ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS members_before
    FROM domain_moments
  ),
  covered_campaigns AS (
    SELECT campaigns.organization_id, campaigns.domain, campaigns.judged_at, campaigns.campaign_id
    FROM domain_campaigns AS campaigns
    INNER JOIN domain_members AS members
      ON campaigns.organization_id = members.organization_id
      AND campaigns.domain = members.domain
      AND campaigns.judged_at = members.judged_at
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    WHERE campaigns.repeating >= settings.domain_contacts
      AND campaigns.repeating >= thresholds.domain_repeat_share * members.members_before
  ),
  known_gateways AS (
    SELECT covered.organization_id, covered.domain, covered.judged_at AS known_since
    FROM covered_campaigns AS covered
    CROSS JOIN `${dataset}`.`machine_settings` AS thresholds
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY covered.organization_id, covered.domain
      ORDER BY covered.judged_at ASC NULLS LAST, covered.campaign_id ASC NULLS LAST
    ) = thresholds.domain_repeat_campaigns
  ),
  repeated_opens AS (
    -- The gateway comes first: a second open within the hour may be a person's, also where it was counted with the first.
    SELECT
      opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at,
      MIN(opens.times) AS times
    FROM early_opens AS opens
    INNER JOIN known_gateways AS gateways
      ON opens.organization_id = gateways.organization_id
      AND REGEXP_EXTRACT(LOWER(TRIM(opens.contact_email)), r'@(.+)') = gateways.domain
    WHERE gateways.known_since < opens.sent_at
    GROUP BY opens.organization_id, opens.campaign_id, opens.message, opens.contact_key, opens.opened_at
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY opens.organization_id, opens.campaign_id, opens.message, opens.contact_key
      ORDER BY opens.opened_at ASC NULLS LAST
    ) = 1
      AND MIN(opens.times) = 1
  ),

  rule_matches AS (
    SELECT
      organization_id, campaign_id, message, contact_key, event_type, link, touched_at, times, recognised_at, rule_id
    FROM rule_touches
    UNION ALL
    SELECT
      organization_id, campaign_id, message, contact_key, event_type, link, touched_at, times,
      CASE WHEN is_at_once THEN touched_at END,
      CASE WHEN event_type = 'open' THEN 'open_honeypot' WHEN is_at_once THEN 'click_honeypot' ELSE 'click_after_honeypot' END
    FROM honeypot_observations
    WHERE is_at_once OR event_type = 'click'
    UNION ALL
    SELECT
      organization_id, campaign_id, message, contact_key, 'open', '', opened_at, times, opened_at,
      'open_domain_repeated'
    FROM repeated_opens
    UNION ALL
    SELECT
      organization_id, campaign_id, message, contact_key, 'open', '', opened_at, times, domain_judged_at,
      'open_domain_at_send'
    FROM gateway_opens
  ),
  first_matches AS (
    -- One rule per observation: that which recognised it first, and one that only doubts it last.
    SELECT *
    FROM rule_matches
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id, message, contact_key, event_type, link, touched_at, times
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
  rules.verdict,
  matches.rule_id,
  rules.version AS rule_version,
  rules.reason
FROM first_matches AS matches
INNER JOIN `${dataset}`.`machine_rules` AS rules
  ON matches.rule_id = rules.rule_id
