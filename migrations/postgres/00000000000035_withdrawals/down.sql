ALTER TABLE company_changes DROP COLUMN before;
DROP INDEX company_changes_by_state;
ALTER TABLE listings DROP COLUMN repair_refusal;
ALTER TABLE policies DROP COLUMN withdrawn_at;
