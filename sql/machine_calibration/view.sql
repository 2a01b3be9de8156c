-- One row is one campaign: the opens that the rules recognise as a machine's compared with those that ActiveCampaign counts.
--
-- verified_unique_opens leaves out Apple's prefetches, which no row shows; the rules find security scanners, which
-- ActiveCampaign may count as verified. The truth is between the two numbers, and the verdict says which to use.
WITH
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
  organization_id,
  campaign_id,
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
