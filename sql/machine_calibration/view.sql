-- One row is one campaign: the opens that the rules recognise as a machine's compared with those that ActiveCampaign counts.
--
-- mpp_tracking says for whom Apple loads images: whether one of their opens is Apple's or the person's, nothing does.
-- verified_unique_opens leaves out Apple's prefetches, which no row shows; the rules find security scanners, which
-- ActiveCampaign may count as verified. The truth is between the two numbers, and the verdict says which to use.
WITH
  apple_contacts AS (
    SELECT DISTINCT organization_id, contact_id
    FROM `${dataset}`.`contacts`
    WHERE mpp_tracking
  ),
  informative_accounts AS (
    SELECT DISTINCT organization_id
    FROM `${dataset}`.`contacts`
    WHERE mpp_tracking IS NOT NULL
  ),
  apple_opens AS (
    SELECT touches.organization_id, touches.campaign_id, COUNT(DISTINCT touches.contact_key) AS apple_openers
    FROM `${dataset}`.`reduced_touches` AS touches
    INNER JOIN apple_contacts
      ON apple_contacts.organization_id = touches.organization_id
      AND apple_contacts.contact_id = touches.contact_key
    WHERE touches.event_type = 'open' AND NOT touches.is_machine
    GROUP BY touches.organization_id, touches.campaign_id
  ),
  campaign_opens AS (
    SELECT
      *,
      raw_unique_opens - unique_opens AS rule_machine_opens,
      -- ActiveCampaign's share of unverified openers, applied to what is stored.
      raw_unique_opens
      - DIV(raw_unique_opens * counter_verified_unique_opens, NULLIF(counter_unique_opens, 0)) AS expected_machine_opens
    FROM `${dataset}`.`campaign_engagement`
  )
SELECT
  campaign_opens.organization_id,
  campaign_opens.campaign_id,
  campaign_name,
  counter_unique_opens,
  counter_verified_unique_opens,
  raw_unique_opens,
  unique_opens,
  rule_machine_opens,
  expected_machine_opens,
  raw_link_clicks - link_clicks AS rule_machine_clicks,
  SAFE_DIVIDE(rule_machine_opens, expected_machine_opens) AS found_share,
  estimated_human_opens,
  CASE WHEN informative_accounts.organization_id IS NOT NULL THEN COALESCE(apple_openers, 0) END AS apple_openers,
  CASE
    WHEN expected_machine_opens IS NULL THEN 'no_counters'
    WHEN rule_machine_opens >= expected_machine_opens THEN 'rules_find_enough'
    ELSE 'rules_find_too_few'
  END AS verdict,
  CASE
    WHEN expected_machine_opens IS NULL
      THEN 'The account has no verified counter: unique_opens is the only number.'
    WHEN rule_machine_opens >= expected_machine_opens
      THEN 'The rules find at least as many machine opens as ActiveCampaign counts: unique_opens can be used.'
    ELSE 'ActiveCampaign counts more machine opens than the rows show, most of them Apple prefetches: use estimated_human_opens for totals, and do not assume that a single open was a person.'
  END AS explanation
FROM campaign_opens
LEFT JOIN apple_opens
  ON apple_opens.organization_id = campaign_opens.organization_id
  AND apple_opens.campaign_id = campaign_opens.campaign_id
LEFT JOIN informative_accounts
  ON informative_accounts.organization_id = campaign_opens.organization_id
