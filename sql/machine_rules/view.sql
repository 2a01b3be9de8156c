-- One row is one rule by which machine_activity takes an open or a click for a machine's.
--
-- A rule that changes what it finds gets the next version.
SELECT rules.rule_id, rules.version, rules.event_type, rules.reason
FROM UNNEST([
  STRUCT(
    'click_all_links' AS rule_id,
    1 AS version,
    'click' AS event_type,
    'The contact clicked most links of the e-mail within seconds, and not again: a security scanner follows links so.' AS reason
  ),
  STRUCT(
    'click_at_send',
    1,
    'click',
    'The click came at the time of the send, without an open: a security scanner follows links before delivery.'
  ),
  STRUCT(
    'open_domain_at_send',
    1,
    'open',
    'Most openers of a mail domain opened at the time of the send, and not again: a mail gateway loads the images.'
  ),
  STRUCT(
    'open_with_all_links',
    1,
    'open',
    'The open came within seconds of clicks on most links, and not again: a security scanner loads the images too.'
  )
]) AS rules
