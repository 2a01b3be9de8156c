-- One row is one contact and one currency: how recently, how often and for how much it bought, each with a score from 1 to 5 among the contacts of that currency.
--
-- A conversion belongs to the contact of its user, or else of its address; where it has several, to the first by key. What
-- was refunded is taken off. Equal values have equal scores: a score is the fifth in which the share of contacts with less
-- lies.
WITH
  order_contacts AS (
    SELECT orders.organization_id, orders.conversion_id, mapping.contact_key, 1 AS strength
    FROM `${dataset}`.`conversion_amounts` AS orders
    INNER JOIN `${dataset}`.`user_mapping` AS mapping
      ON mapping.organization_id = orders.organization_id
      AND mapping.user_id = orders.user_id
    WHERE orders.counts_as = 'conversion'
    UNION ALL
    SELECT orders.organization_id, orders.conversion_id, mapping.contact_key, 2
    FROM `${dataset}`.`conversion_amounts` AS orders
    INNER JOIN `${dataset}`.`user_mapping` AS mapping
      ON mapping.organization_id = orders.organization_id
      AND mapping.email = orders.email
    WHERE orders.counts_as = 'conversion'
  ),
  order_owners AS (
    SELECT organization_id, conversion_id, contact_key
    FROM order_contacts
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, conversion_id
      ORDER BY strength ASC NULLS LAST, contact_key ASC NULLS LAST
    ) = 1
  ),
  buyers AS (
    SELECT
      orders.organization_id,
      owners.contact_key,
      orders.currency,
      MAX(orders.converted_at) AS last_order_at,
      COUNT(*) AS orders,
      SUM(orders.value - orders.refunded) AS value
    FROM `${dataset}`.`conversion_amounts` AS orders
    INNER JOIN order_owners AS owners
      ON owners.organization_id = orders.organization_id
      AND owners.conversion_id = orders.conversion_id
    WHERE orders.counts_as = 'conversion'
    GROUP BY orders.organization_id, owners.contact_key, orders.currency
  ),
  ranked_buyers AS (
    SELECT
      *,
      COUNT(*) OVER (PARTITION BY organization_id, currency) AS contacts,
      RANK() OVER (PARTITION BY organization_id, currency ORDER BY last_order_at ASC NULLS FIRST) AS recency_rank,
      RANK() OVER (PARTITION BY organization_id, currency ORDER BY orders ASC NULLS FIRST) AS frequency_rank,
      RANK() OVER (PARTITION BY organization_id, currency ORDER BY value ASC NULLS FIRST) AS monetary_rank
    FROM buyers
  )
SELECT
  organization_id,
  contact_key,
  currency,
  last_order_at,
  orders,
  value,
  DIV((recency_rank - 1) * 5, contacts) + 1 AS recency_score,
  DIV((frequency_rank - 1) * 5, contacts) + 1 AS frequency_score,
  CASE WHEN currency IS NOT NULL THEN DIV((monetary_rank - 1) * 5, contacts) + 1 END AS monetary_score
FROM ranked_buyers
