-- Returns one row per table and way in which a person of @organization_id is named in it: by id, address or user id.
--
-- Rows of `users` without an organization are of all accounts.
SELECT DISTINCT 'email_activities' AS source, contact_id, contact_email AS email, CAST(NULL AS STRING) AS user_id
FROM `${dataset}`.`email_activities`
WHERE organization_id = @organization_id
UNION ALL
SELECT DISTINCT 'contacts', contact_id, email, CAST(NULL AS STRING)
FROM `${dataset}`.`contacts`
WHERE organization_id = @organization_id
UNION ALL
SELECT DISTINCT 'conversions', CAST(NULL AS STRING), email, user_id
FROM `${dataset}`.`conversions`
WHERE organization_id = @organization_id
UNION ALL
SELECT DISTINCT 'users', contact_id, email, user_id
FROM `${dataset}`.`users`
WHERE COALESCE(organization_id, @organization_id) = @organization_id
UNION ALL
SELECT DISTINCT 'contacts_seen', contact_id, CAST(NULL AS STRING), CAST(NULL AS STRING)
FROM `${staging}`.`contacts_seen`
WHERE organization_id = @organization_id
