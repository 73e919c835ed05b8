-- What this database was begun with: its id, the time zone and the public URL. A process whose settings differ does not use it.
CREATE TABLE deployment (name TEXT PRIMARY KEY, value TEXT NOT NULL, set_at timestamptz NOT NULL);

-- The last time by which background work acted, and since when a jump of the clock has stopped it.
CREATE TABLE clock_watch (id BIGINT PRIMARY KEY, seen_at timestamptz NOT NULL, stopped_at timestamptz, reason TEXT);
