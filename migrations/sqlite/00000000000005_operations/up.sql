-- Who does the background work, until when. SQLite has one process, so the table stays empty there.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);
