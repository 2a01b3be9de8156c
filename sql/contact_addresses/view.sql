-- One row is one address that one contact has or had, so changed addresses are kept; email is NULL for a contact without one.
--
-- A report shows the address that the contact has when the report is read, so "seen" is when it was read.
WITH
  seen_addresses AS (
    SELECT
      organization_id,
      contact_id,
      contact_email,
      MIN(created_at) AS first_seen_at,
      MAX(created_at) AS last_seen_at,
      FALSE AS is_listed
    FROM `${dataset}`.`email_activities`
    GROUP BY organization_id, contact_id, contact_email
    UNION ALL
    SELECT organization_id, contact_id, email, MIN(updated_at), MAX(updated_at), TRUE
    FROM `${dataset}`.`contacts`
    GROUP BY organization_id, contact_id, email
  ),
  normalised_addresses AS (
    SELECT
      organization_id,
      contact_id,
      NULLIF(LOWER(TRIM(contact_email)), '') AS email,
      first_seen_at,
      last_seen_at,
      is_listed
    FROM seen_addresses
  ),
  distinct_addresses AS (
    SELECT
      organization_id,
      COALESCE(contact_id, CONCAT('email:', email)) AS contact_key,
      contact_id,
      email,
      MIN(first_seen_at) AS first_seen_at,
      MAX(last_seen_at) AS last_seen_at,
      LOGICAL_OR(is_listed) AS is_listed
    FROM normalised_addresses
    GROUP BY organization_id, contact_id, email
  ),
  ranked_addresses AS (
    -- The table contacts decides; for a contact that is not in it, the address that was read last.
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY organization_id, contact_key
        ORDER BY IF(email IS NULL, 1, 0) ASC, is_listed DESC NULLS LAST, last_seen_at DESC NULLS LAST, email ASC NULLS LAST
      ) AS number
    FROM distinct_addresses
  )
SELECT
  organization_id,
  contact_key,
  contact_id,
  email,
  REGEXP_EXTRACT(email, r'@(.+)') AS domain,
  first_seen_at,
  last_seen_at,
  number = 1 AS is_current
FROM ranked_addresses
-- After the ranking: before it, DuckDB would test the address of every activity.
WHERE email IS NOT NULL OR (number = 1 AND contact_id IS NOT NULL)
