UPDATE complaint_cards SET due_at = due_at - 1000000
WHERE due_at % 60000000 = 0
  AND complaint_id IN (SELECT id FROM complaints WHERE json_extract(course, '$.clock') = 'working_days');
UPDATE complaints SET
  resolve_due = resolve_due - CASE resolve_due % 60000000 WHEN 0 THEN 1000000 ELSE 0 END,
  course = CASE WHEN json_extract(course, '$.accept_due') LIKE '%:00Z'
    THEN json_set(course, '$.accept_due', strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(course, '$.accept_due'), '-1 second'))
    ELSE course END,
  next_at = CASE WHEN NOT is_open AND next_at % 60000000 = 0 THEN next_at - 1000000 ELSE next_at END
WHERE json_extract(course, '$.clock') = 'working_days';
DROP TABLE calendar_followed;
