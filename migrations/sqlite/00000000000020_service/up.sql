-- Since when a decided measure, or the entry that it made, has no effect because an appeal against one of its grounds is pending.
ALTER TABLE measures ADD COLUMN suspended_on DATE;
ALTER TABLE listings ADD COLUMN suspended_on DATE;
