-- One row is one campaign that was ever listed or has an activity; counters are ActiveCampaign's own, never derived.
WITH
  listed_campaigns AS (
    -- The newest reading, in case two concurrent merges inserted a campaign twice.
    SELECT *
    FROM `${dataset}`.`campaigns`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, campaign_id
      ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
    ) = 1
  ),
  activity_campaigns AS (
    SELECT organization_id, campaign_id, MAX(campaign_name) AS campaign_name
    FROM `${dataset}`.`email_activities`
    GROUP BY organization_id, campaign_id
  )
SELECT
  COALESCE(listed_campaigns.organization_id, activity_campaigns.organization_id) AS organization_id,
  COALESCE(listed_campaigns.campaign_id, activity_campaigns.campaign_id) AS campaign_id,
  COALESCE(listed_campaigns.campaign_name, activity_campaigns.campaign_name) AS campaign_name,
  listed_campaigns.campaign_type,
  listed_campaigns.automation_id,
  listed_campaigns.sent_at,
  listed_campaigns.last_sent_at,
  COALESCE(
    listed_campaigns.sent_at IS NOT NULL
    AND listed_campaigns.automation_id IS NULL
    AND COALESCE(listed_campaigns.campaign_type, 'single') IN ('single', 'split', 'text'),
    FALSE
  ) AS is_broadcast,
  listed_campaigns.send_amt,
  listed_campaigns.opens,
  listed_campaigns.uniqueopens,
  listed_campaigns.verified_opens,
  listed_campaigns.verified_unique_opens,
  listed_campaigns.linkclicks,
  listed_campaigns.uniquelinkclicks,
  listed_campaigns.subscriberclicks,
  listed_campaigns.forwards,
  listed_campaigns.uniqueforwards,
  listed_campaigns.hardbounces,
  listed_campaigns.softbounces,
  listed_campaigns.unsubscribes,
  listed_campaigns.updated_at AS counters_read_at
FROM listed_campaigns
FULL OUTER JOIN activity_campaigns
  ON listed_campaigns.organization_id = activity_campaigns.organization_id
  AND listed_campaigns.campaign_id = activity_campaigns.campaign_id
