DROP INDEX ledger_entries_by_actor;
ALTER TABLE ledger_entries DROP COLUMN actor_key;
CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_sub, seq);
