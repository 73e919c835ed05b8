DROP TABLE ledger_head;
DROP TABLE ledger_hashes;
DROP TABLE ledger_entries;
DROP TABLE ledger_unsealed;
CREATE INDEX ledger_events_by_subject ON ledger_events (subject_id, id);
ALTER TABLE ledger_events DROP COLUMN addressee;
ALTER TABLE ledger_events DROP COLUMN complex_id;
