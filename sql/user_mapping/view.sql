-- One row is one address, present or former, of one contact, and the customer's user that the contact is; NULL where none.
--
-- By contact id first, by the present address next, by a former one last; where the strongest way names several users, no
-- user is picked: see user_mapping_conflicts. A former address that is now another contact's is left out here. A contact
-- without any address has one row of NULL email.
WITH
  strongest AS (
    SELECT organization_id, contact_key, user_id, matched_by, valid_from
    FROM `${dataset}`.`user_matches`
    WHERE NOT has_changed_hands
    QUALIFY RANK() OVER (PARTITION BY organization_id, contact_key ORDER BY strength ASC NULLS LAST) = 1
  ),
  picked AS (
    SELECT
      organization_id,
      contact_key,
      MIN(user_id) AS user_id,
      MIN(matched_by) AS matched_by,
      MAX(valid_from) AS valid_from
    FROM strongest
    GROUP BY organization_id, contact_key
    HAVING COUNT(DISTINCT user_id) = 1
  ),
  owners AS (
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
  picked.user_id,
  picked.matched_by,
  picked.valid_from
FROM `${dataset}`.`contact_addresses` AS addresses
LEFT JOIN picked
  ON addresses.organization_id = picked.organization_id
  AND addresses.contact_key = picked.contact_key
LEFT JOIN owners
  ON addresses.organization_id = owners.organization_id
  AND addresses.email = owners.email
WHERE addresses.is_current OR owners.email IS NULL
