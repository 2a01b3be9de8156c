-- One row is one claim that a user is a contact: from the table users, or from the customer's own view if Terraform was given one.
SELECT organization_id, user_id, contact_id, email, valid_from
FROM `${dataset}`.`users`
