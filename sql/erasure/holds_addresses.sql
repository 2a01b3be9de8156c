-- Returns one row: whether the tables of @organization_id, '' for all accounts, have a row that is not known to be pseudonymous,
-- as the first that it names somebody by is no pseudonym, or there is none: what else it has may be plain.
WITH
  named_people AS (
    SELECT organization_id, contact_email AS name FROM `${dataset}`.`email_activities`
    UNION ALL
    SELECT organization_id, COALESCE(email, first_name, last_name, phone) FROM `${dataset}`.`contacts`
    UNION ALL
    SELECT organization_id, COALESCE(email, user_id) FROM `${dataset}`.`conversions`
    UNION ALL
    SELECT organization_id, COALESCE(email, user_id) FROM `${dataset}`.`users`
    UNION ALL
    SELECT organization_id, raw FROM `${dataset}`.`unreadable_rows`
  )

SELECT COUNT(*) > 0 AS holds_addresses
FROM named_people
WHERE (@organization_id = '' OR organization_id = @organization_id)
  AND NOT STARTS_WITH(COALESCE(name, ''), 'hmac-')
