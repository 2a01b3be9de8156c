-- One row is one conflict about one contact: matches with users that disagree, and how user_mapping resolved them.
WITH
  matched_users AS (
    SELECT DISTINCT organization_id, contact_key, user_id, strength, has_changed_hands
    FROM `${dataset}`.`user_matches`
  ),
  strongest_matches AS (
    SELECT organization_id, contact_key, MIN(strength) AS strength
    FROM matched_users
    WHERE NOT has_changed_hands
    GROUP BY organization_id, contact_key
  ),
  named_users AS (
    SELECT DISTINCT matched_users.organization_id, matched_users.contact_key, matched_users.user_id, matched_users.strength = strongest_matches.strength AS is_strongest
    FROM matched_users
    INNER JOIN strongest_matches
      ON matched_users.organization_id = strongest_matches.organization_id
      AND matched_users.contact_key = strongest_matches.contact_key
    WHERE NOT matched_users.has_changed_hands
  ),
  undecided_contacts AS (
    SELECT organization_id, contact_key, 'several_users' AS conflict, STRING_AGG(user_id, ', ' ORDER BY user_id ASC) AS user_ids
    FROM named_users
    WHERE is_strongest
    GROUP BY organization_id, contact_key
    HAVING COUNT(*) > 1
  ),
  overruled_contacts AS (
    -- Users that a weaker match gives and the strongest match does not.
    SELECT
      weaker.organization_id,
      weaker.contact_key,
      'weaker_match_disagrees' AS conflict,
      STRING_AGG(weaker.user_id, ', ' ORDER BY weaker.user_id ASC) AS user_ids
    FROM named_users AS weaker
    LEFT JOIN named_users AS stronger
      ON weaker.organization_id = stronger.organization_id
      AND weaker.contact_key = stronger.contact_key
      AND weaker.user_id = stronger.user_id
      AND stronger.is_strongest
    WHERE NOT weaker.is_strongest AND stronger.user_id IS NULL
    GROUP BY weaker.organization_id, weaker.contact_key
  ),
  reassigned_users AS (
    SELECT DISTINCT organization_id, contact_key, user_id
    FROM matched_users
    WHERE has_changed_hands
  ),
  reassigned_contacts AS (
    SELECT organization_id, contact_key, 'address_changed_hands' AS conflict, STRING_AGG(user_id, ', ' ORDER BY user_id ASC) AS user_ids
    FROM reassigned_users
    GROUP BY organization_id, contact_key
  ),
  conflicts AS (
    SELECT * FROM undecided_contacts
    UNION ALL
    SELECT * FROM overruled_contacts
    UNION ALL
    SELECT * FROM reassigned_contacts
  ),
  mapped_contacts AS (
    SELECT organization_id, contact_key, contact_id, email, user_id
    FROM `${dataset}`.`user_mapping`
    WHERE is_current_email
  )
SELECT
  conflicts.organization_id,
  conflicts.contact_key,
  mapped_contacts.contact_id,
  mapped_contacts.email,
  conflicts.conflict,
  conflicts.user_ids,
  mapped_contacts.user_id AS mapped_user_id,
  CASE conflicts.conflict
    WHEN 'several_users' THEN 'Several users match this contact equally well: none was chosen. Correct `users`.'
    WHEN 'weaker_match_disagrees' THEN 'Another address of this contact belongs to another user: the stronger match was kept.'
    ELSE 'A former address of this contact now belongs to another contact: it was not used for this one.'
  END AS explanation
FROM conflicts
LEFT JOIN mapped_contacts
  ON conflicts.organization_id = mapped_contacts.organization_id
  AND conflicts.contact_key = mapped_contacts.contact_key
