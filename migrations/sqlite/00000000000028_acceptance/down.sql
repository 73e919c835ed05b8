ALTER TABLE complaints DROP COLUMN accept_due;
