-- One row is one present or former address of one contact, with the customer's user for it; NULL if there is none.
--
-- Users are matched by contact id first, then by present address, then by former address; if the strongest match gives
-- several users, none is chosen: see user_mapping_conflicts. A former address that now belongs to another contact is
-- left out. A contact without an address has one row with a NULL email.
WITH
  strongest_matches AS (
    SELECT organization_id, contact_key, user_id, matched_by, valid_from
    FROM `${dataset}`.`user_matches`
    WHERE NOT has_changed_hands
    QUALIFY RANK() OVER (PARTITION BY organization_id, contact_key ORDER BY strength ASC NULLS LAST) = 1
  ),
  picked_users AS (
    SELECT
      organization_id,
      contact_key,
      MIN(user_id) AS user_id,
      MIN(matched_by) AS matched_by,
      MAX(valid_from) AS valid_from
    FROM strongest_matches
    GROUP BY organization_id, contact_key
    HAVING COUNT(DISTINCT user_id) = 1
  ),
  current_addresses AS (
    SELECT DISTINCT organization_id, email
    FROM `${dataset}`.`contact_addresses`
    WHERE is_current AND email IS NOT NULL
  )
SELECT
  addresses.organization_id,
  addresses.contact_key,
  addresses.contact_id,
  addresses.email,
  addresses.is_current AS is_current_email,
  addresses.first_seen_at,
  addresses.last_seen_at,
  picked_users.user_id,
  picked_users.matched_by,
  picked_users.valid_from
FROM `${dataset}`.`contact_addresses` AS addresses
LEFT JOIN picked_users
  ON addresses.organization_id = picked_users.organization_id
  AND addresses.contact_key = picked_users.contact_key
LEFT JOIN current_addresses
  ON addresses.organization_id = current_addresses.organization_id
  AND addresses.email = current_addresses.email
WHERE addresses.is_current OR current_addresses.email IS NULL
