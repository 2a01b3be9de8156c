-- One row is one campaign that was ever listed or has an activity; counters are ActiveCampaign's own, never derived.
WITH
  listed AS (
    -- The newest reading, should two merges at once have inserted a campaign twice.
    SELECT *
    FROM `${dataset}`.`campaigns`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  named AS (
    SELECT organization_id, campaign_id, MAX(campaign_name) AS campaign_name
    FROM `${dataset}`.`email_activities`
    GROUP BY organization_id, campaign_id
  )
SELECT
  COALESCE(listed.organization_id, named.organization_id) AS organization_id,
  COALESCE(listed.campaign_id, named.campaign_id) AS campaign_id,
  COALESCE(listed.campaign_name, named.campaign_name) AS campaign_name,
  listed.campaign_type,
  listed.automation_id,
  listed.sent_at,
  listed.last_sent_at,
  COALESCE(
    listed.sent_at IS NOT NULL
    AND listed.automation_id IS NULL
    AND COALESCE(listed.campaign_type, 'single') IN ('single', 'split', 'text'),
    FALSE
  ) AS is_broadcast,
  listed.send_amt,
  listed.opens,
  listed.uniqueopens,
  listed.verified_opens,
  listed.verified_unique_opens,
  listed.linkclicks,
  listed.uniquelinkclicks,
  listed.subscriberclicks,
  listed.forwards,
  listed.uniqueforwards,
  listed.hardbounces,
  listed.softbounces,
  listed.unsubscribes,
  listed.updated_at AS counters_read_at
FROM listed
FULL OUTER JOIN named
  ON listed.organization_id = named.organization_id
  AND listed.campaign_id = named.campaign_id
