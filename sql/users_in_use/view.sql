-- One row is one claim that a user is a contact: of the table users, or of the customer's own view where Terraform was given one.
SELECT organization_id, user_id, contact_id, email, valid_from
FROM `${dataset}`.`users`
