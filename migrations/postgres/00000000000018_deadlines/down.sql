UPDATE complaint_cards SET due_at = due_at - interval '1 second'
WHERE extract(second FROM due_at) = 0
  AND complaint_id IN (SELECT id FROM complaints WHERE course::jsonb ->> 'clock' = 'working_days');
UPDATE complaints SET
  resolve_due = resolve_due - CASE WHEN extract(second FROM resolve_due) = 0 THEN interval '1 second' ELSE interval '0' END,
  course = CASE WHEN course::jsonb ->> 'accept_due' LIKE '%:00Z'
    THEN jsonb_set(course::jsonb, '{accept_due}', to_jsonb(to_char(
      ((course::jsonb ->> 'accept_due')::timestamptz - interval '1 second') AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"')))::text
    ELSE course END,
  next_at = CASE WHEN NOT is_open AND extract(second FROM next_at) = 0 THEN next_at - interval '1 second' ELSE next_at END
WHERE course::jsonb ->> 'clock' = 'working_days';
DROP TABLE calendar_followed;
