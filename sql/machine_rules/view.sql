-- One row is one rule by which machine_activity recognises an open or a click as a machine's.
--
-- A rule that changes what it finds gets a new version.
SELECT rules.rule_id, rules.version, rules.event_type, rules.reason
FROM UNNEST([
  STRUCT(
    'click_burst' AS rule_id,
    1 AS version,
    'click' AS event_type,
    'The contact clicked more links of the e-mail within seconds than a person does: security scanners follow links like that.' AS reason
  ),
  STRUCT(
    'click_all_links',
    2,
    'click',
    'The contact clicked five links or more of the e-mail one after the other, almost all that anybody had clicked: a slow security scanner.'
  ),
  STRUCT(
    'click_at_send',
    2,
    'click',
    'The click came at the time of the send, without an open before it: security scanners follow links before delivery.'
  ),
  STRUCT(
    'open_domain_at_send',
    2,
    'open',
    'Most openers of a mail domain in the first hour opened at the time of the send: a mail gateway loads the images.'
  ),
  STRUCT(
    'open_with_clicks',
    1,
    'open',
    'The open came within seconds of clicks by a machine: a security scanner loads the images too, or its click counts as an open.'
  )
]) AS rules
