-- One row is one link of one campaign: who clicked it.
--
-- The same link in several messages of a campaign is one row if ActiveCampaign gives it one id. Plain columns leave out
-- the clicks of recognised machines; raw_* include them.
WITH
  contact_clicks AS (
    SELECT
      organization_id,
      campaign_id,
      link_id,
      contact_key,
      SUM(CASE WHEN is_machine THEN 0 ELSE growth END) AS clicks,
      COUNTIF(NOT is_machine) AS observations_by_others,
      SUM(growth) AS raw_clicks
    FROM `${dataset}`.`touch_observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, link_id, contact_key
  ),
  link_clicks AS (
    SELECT
      organization_id,
      campaign_id,
      link_id,
      COUNTIF(observations_by_others > 0) AS unique_clicks,
      CAST(SUM(clicks) AS INT64) AS total_clicks,
      COUNT(*) AS raw_unique_clicks,
      CAST(SUM(raw_clicks) AS INT64) AS raw_total_clicks
    FROM contact_clicks
    GROUP BY organization_id, campaign_id, link_id
  ),
  link_addresses AS (
    -- A link whose address was edited still has one row.
    SELECT organization_id, campaign_id, link_id, MAX(link_url) AS link_url
    FROM `${dataset}`.`observations`
    WHERE event_type = 'click'
    GROUP BY organization_id, campaign_id, link_id
  )
SELECT
  links.organization_id,
  links.campaign_id,
  engagement.campaign_name,
  links.link_id,
  addresses.link_url,
  links.unique_clicks,
  links.total_clicks,
  SAFE_DIVIDE(links.unique_clicks, engagement.delivered) AS click_rate,
  SAFE_DIVIDE(links.unique_clicks, engagement.unique_clicks) AS share_of_clickers,
  links.raw_unique_clicks,
  links.raw_total_clicks
FROM link_clicks AS links
INNER JOIN `${dataset}`.`campaign_engagement` AS engagement
  ON engagement.organization_id = links.organization_id
  AND engagement.campaign_id = links.campaign_id
LEFT JOIN link_addresses AS addresses
  ON addresses.organization_id = links.organization_id
  AND addresses.campaign_id = links.campaign_id
  AND COALESCE(addresses.link_id, '') = COALESCE(links.link_id, '')
