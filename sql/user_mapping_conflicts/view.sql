-- One row is one conflict of one contact: ways to find its user that disagree, and what user_mapping made of them.
WITH
  users AS (
    SELECT DISTINCT organization_id, contact_key, user_id, strength, has_changed_hands
    FROM `${dataset}`.`user_matches`
  ),
  strongest AS (
    SELECT organization_id, contact_key, MIN(strength) AS strength
    FROM users
    WHERE NOT has_changed_hands
    GROUP BY organization_id, contact_key
  ),
  named AS (
    SELECT DISTINCT users.organization_id, users.contact_key, users.user_id, users.strength = strongest.strength AS is_strongest
    FROM users
    INNER JOIN strongest
      ON users.organization_id = strongest.organization_id
      AND users.contact_key = strongest.contact_key
    WHERE NOT users.has_changed_hands
  ),
  undecided AS (
    SELECT organization_id, contact_key, 'several_users' AS conflict, STRING_AGG(user_id, ', ' ORDER BY user_id ASC) AS user_ids
    FROM named
    WHERE is_strongest
    GROUP BY organization_id, contact_key
    HAVING COUNT(*) > 1
  ),
  overruled AS (
    -- Once the strongest way has decided: whom do the weaker ones name?
    SELECT
      weaker.organization_id,
      weaker.contact_key,
      'weaker_match_disagrees' AS conflict,
      STRING_AGG(weaker.user_id, ', ' ORDER BY weaker.user_id ASC) AS user_ids
    FROM named AS weaker
    LEFT JOIN named AS stronger
      ON weaker.organization_id = stronger.organization_id
      AND weaker.contact_key = stronger.contact_key
      AND weaker.user_id = stronger.user_id
      AND stronger.is_strongest
    WHERE NOT weaker.is_strongest AND stronger.user_id IS NULL
    GROUP BY weaker.organization_id, weaker.contact_key
  ),
  reassigned_users AS (
    SELECT DISTINCT organization_id, contact_key, user_id
    FROM users
    WHERE has_changed_hands
  ),
  reassigned AS (
    SELECT organization_id, contact_key, 'address_changed_hands' AS conflict, STRING_AGG(user_id, ', ' ORDER BY user_id ASC) AS user_ids
    FROM reassigned_users
    GROUP BY organization_id, contact_key
  ),
  conflicts AS (
    SELECT * FROM undecided
    UNION ALL
    SELECT * FROM overruled
    UNION ALL
    SELECT * FROM reassigned
  ),
  mapped AS (
    SELECT organization_id, contact_key, contact_id, email, user_id
    FROM `${dataset}`.`user_mapping`
    WHERE is_current_email
  )
SELECT
  conflicts.organization_id,
  conflicts.contact_key,
  mapped.contact_id,
  mapped.email,
  conflicts.conflict,
  conflicts.user_ids,
  mapped.user_id AS mapped_user_id,
  CASE conflicts.conflict
    WHEN 'several_users' THEN 'Several users claim this contact equally strongly: none was picked. Correct `users`.'
    WHEN 'weaker_match_disagrees' THEN 'Another of its addresses belongs to another user: the stronger match was kept.'
    ELSE 'An address that this contact had is another contact\'s now: it was not used for this one.'
  END AS explanation
FROM conflicts
LEFT JOIN mapped
  ON conflicts.organization_id = mapped.organization_id
  AND conflicts.contact_key = mapped.contact_key
