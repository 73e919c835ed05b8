-- Who does the background work, until when.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until timestamptz NOT NULL);
