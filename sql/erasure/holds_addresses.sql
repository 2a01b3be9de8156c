-- Returns one row: whether the tables of @organization_id, '' for all accounts, name anybody by an address that is no pseudonym.
WITH
  named_people AS (
    SELECT organization_id, contact_email AS email FROM `${dataset}`.`email_activities`
    UNION ALL
    SELECT organization_id, email FROM `${dataset}`.`contacts`
    UNION ALL
    SELECT organization_id, email FROM `${dataset}`.`conversions`
    UNION ALL
    SELECT organization_id, email FROM `${dataset}`.`users`
    UNION ALL
    SELECT organization_id, raw FROM `${dataset}`.`unreadable_rows`
  )

SELECT COUNT(*) > 0 AS holds_addresses
FROM named_people
WHERE (@organization_id = '' OR organization_id = @organization_id)
  AND email IS NOT NULL
  AND NOT STARTS_WITH(email, 'hmac-')
