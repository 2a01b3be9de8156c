-- One row is one match of one contact with one of the customer's users: by contact id, present or former address.
--
-- Nothing is decided here: user_mapping takes the strongest match, and user_mapping_conflicts lists disagreements. If
-- several rows of `users` claim one contact id (or address), those with the newest valid_from count; without dates, all.
WITH
  claims AS (
    SELECT DISTINCT
      users.organization_id,
      users.user_id,
      NULLIF(TRIM(users.contact_id), '') AS contact_id,
      NULLIF(LOWER(TRIM(users.email)), '') AS email,
      users.valid_from
    FROM `${dataset}`.`users_in_use` AS users
    CROSS JOIN `${dataset}`.`view_settings` AS settings
    WHERE users.valid_from IS NULL OR users.valid_from <= settings.as_of
  ),
  id_claims AS (
    SELECT addresses.organization_id, addresses.contact_key, addresses.contact_id, addresses.email, claims.user_id,
      claims.valid_from
    FROM `${dataset}`.`contact_addresses` AS addresses
    INNER JOIN claims
      ON addresses.contact_id = claims.contact_id
    WHERE addresses.is_current
      AND (claims.organization_id IS NULL OR claims.organization_id = addresses.organization_id)
    QUALIFY RANK() OVER (
      PARTITION BY addresses.organization_id, addresses.contact_key
      ORDER BY claims.valid_from DESC NULLS LAST
    ) = 1
  ),
  address_owners AS (
    SELECT organization_id, email, COUNT(DISTINCT contact_key) AS present_owners
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current AND email IS NOT NULL
    GROUP BY organization_id, email
  ),
  address_claims AS (
    SELECT
      addresses.organization_id,
      addresses.contact_key,
      addresses.contact_id,
      addresses.email,
      addresses.is_current,
      claims.user_id,
      claims.valid_from
    FROM `${dataset}`.`contact_addresses` AS addresses
    INNER JOIN claims
      ON addresses.email = claims.email
    WHERE claims.organization_id IS NULL OR claims.organization_id = addresses.organization_id
    QUALIFY RANK() OVER (
      PARTITION BY addresses.organization_id, addresses.contact_key, addresses.email
      ORDER BY claims.valid_from DESC NULLS LAST
    ) = 1
  ),
  matches AS (
    SELECT organization_id, contact_key, contact_id, email, user_id, valid_from, 'contact_id' AS matched_by, 1 AS strength
    FROM id_claims
    UNION ALL
    SELECT organization_id, contact_key, contact_id, email, user_id, valid_from, 'email', 2
    FROM address_claims
    WHERE is_current
    UNION ALL
    SELECT organization_id, contact_key, contact_id, email, user_id, valid_from, 'former_email', 3
    FROM address_claims
    WHERE NOT is_current
  )
SELECT
  matches.organization_id,
  matches.contact_key,
  matches.contact_id,
  matches.user_id,
  matches.matched_by,
  matches.strength,
  matches.email,
  matches.matched_by = 'former_email' AND address_owners.present_owners IS NOT NULL AS has_changed_hands,
  MAX(matches.valid_from) AS valid_from
FROM matches
LEFT JOIN address_owners
  ON matches.organization_id = address_owners.organization_id
  AND matches.email = address_owners.email
GROUP BY
  matches.organization_id, matches.contact_key, matches.contact_id, matches.user_id, matches.matched_by,
  matches.strength, matches.email, has_changed_hands
