-- One row is one conversion by a contact of a holdout, in its days or in as many days before them, for comparison.
--
-- A conversion belongs to the contact of its user, or else of its address; where several are in a group, to the first by
-- key. If a person has a contact in either group, the conversion counts in both: it says nothing about their difference.
WITH
  day_conversions AS (
    SELECT
      conversions.organization_id,
      conversions.conversion_id,
      conversions.user_id,
      conversions.email,
      conversions.currency,
      conversions.value - conversions.refunded AS value,
      DATE_DIFF(DATE(conversions.converted_at, holdouts.time_zone), holdouts.first_day, DAY) AS day,
      DATE_DIFF(holdouts.last_day, holdouts.first_day, DAY) + 1 AS days
    FROM `${dataset}`.`conversion_amounts` AS conversions
    INNER JOIN `${dataset}`.`holdout_settings` AS holdouts
      ON holdouts.organization_id = conversions.organization_id
    WHERE conversions.counts_as = 'conversion'
  ),
  near_conversions AS (
    SELECT *
    FROM day_conversions
    WHERE day >= -days AND day < days
  ),
  conversion_contacts AS (
    SELECT conversions.organization_id, conversions.conversion_id, mapping.contact_key
    FROM near_conversions AS conversions
    INNER JOIN `${dataset}`.`user_mapping` AS mapping
      ON mapping.organization_id = conversions.organization_id
      AND mapping.user_id = conversions.user_id
    UNION ALL
    SELECT conversions.organization_id, conversions.conversion_id, mapping.contact_key
    FROM near_conversions AS conversions
    INNER JOIN `${dataset}`.`user_mapping` AS mapping
      ON mapping.organization_id = conversions.organization_id
      AND mapping.email = conversions.email
  ),
  conversion_owners AS (
    SELECT
      owners.organization_id, owners.conversion_id, contacts.is_held_out, MIN(contacts.contact_key) AS contact_key
    FROM conversion_contacts AS owners
    INNER JOIN `${dataset}`.`holdout_contacts` AS contacts
      ON contacts.organization_id = owners.organization_id
      AND contacts.contact_key = owners.contact_key
    GROUP BY owners.organization_id, owners.conversion_id, contacts.is_held_out
  )
SELECT
  conversions.organization_id,
  conversions.conversion_id,
  owners.contact_key,
  owners.is_held_out,
  conversions.day < 0 AS is_before,
  COUNT(*) OVER (PARTITION BY conversions.organization_id, conversions.conversion_id) > 1 AS is_in_both,
  conversions.currency,
  conversions.value
FROM near_conversions AS conversions
INNER JOIN conversion_owners AS owners
  ON owners.organization_id = conversions.organization_id
  AND owners.conversion_id = conversions.conversion_id
