-- One row is the set of all settings of the views, one setting per column; columns.json describes them.
--
-- Change a value here and every view follows. Read it with CROSS JOIN.
SELECT
  CURRENT_TIMESTAMP() AS as_of,
  60 AS at_send_seconds,
  10 AS burst_seconds,
  3 AS burst_links,
  CAST(0.9 AS FLOAT64) AS burst_share_of_links,
  3 AS domain_contacts,
  CAST(0.5 AS FLOAT64) AS domain_share_of_openers,
  30 AS active_days,
  90 AS cooling_days,
  48 AS settle_hours,
  CAST(0.01 AS FLOAT64) AS high_trust_share,
  CAST(0.1 AS FLOAT64) AS medium_trust_share
