-- One row is one account and one text that marks a link as a honeypot: links that no person sees have it in their address.
--
-- They are the parts of the setting honeypot_links, in lower case. One that is shorter than 6 letters, as `none` is, marks
-- no link: too many would have it.
WITH
  newest_settings AS (
    SELECT organization_id, value
    FROM `${dataset}`.`attribution_settings`
    WHERE name = 'honeypot_links'
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id
      ORDER BY updated_at DESC NULLS LAST, value ASC NULLS LAST
    ) = 1
  )
SELECT DISTINCT newest_settings.organization_id, LOWER(TRIM(part)) AS address_part
FROM newest_settings
CROSS JOIN UNNEST(SPLIT(newest_settings.value, ',')) AS part
WHERE LENGTH(TRIM(part)) >= 6
