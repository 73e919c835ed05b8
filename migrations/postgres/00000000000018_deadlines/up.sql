-- The calendar that stored deadlines were last worked out by; one row.
CREATE TABLE calendar_followed (id BIGINT PRIMARY KEY, stamp TEXT NOT NULL);

-- A day ends at 24:00 (Civil Code 203): the end of a limit by working days was kept as its last second, and is exclusive now.
UPDATE complaints SET
  resolve_due = resolve_due + CASE WHEN extract(second FROM resolve_due) = 59 THEN interval '1 second' ELSE interval '0' END,
  course = CASE WHEN course::jsonb ->> 'accept_due' LIKE '%:59Z'
    THEN jsonb_set(course::jsonb, '{accept_due}', to_jsonb(to_char(
      ((course::jsonb ->> 'accept_due')::timestamptz + interval '1 second') AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"')))::text
    ELSE course END,
  next_at = CASE WHEN NOT is_open AND extract(second FROM next_at) = 59 THEN next_at + interval '1 second' ELSE next_at END
WHERE course::jsonb ->> 'clock' = 'working_days';
UPDATE complaint_cards SET due_at = due_at + interval '1 second'
WHERE extract(second FROM due_at) = 59
  AND complaint_id IN (SELECT id FROM complaints WHERE course::jsonb ->> 'clock' = 'working_days');
