-- What the service itself needs, whatever it supervises.

-- What this database was begun with: its id, the time zone and the public URL. A process whose settings differ does not use it.
CREATE TABLE deployment (name TEXT PRIMARY KEY, value TEXT NOT NULL, set_at {instant} NOT NULL);

-- The last time by which background work acted, and since when a jump of the clock has stopped it.
CREATE TABLE clock_watch (id BIGINT PRIMARY KEY, seen_at {instant} NOT NULL, stopped_at {instant}, reason TEXT);

-- Who does the background work, until when. SQLite has one process, so the table stays empty there.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until {instant} NOT NULL);

-- The data keys that this database was ever used with: a keyring that lacks one is the wrong keyring.
CREATE TABLE data_keys (id TEXT PRIMARY KEY, seen_at {instant} NOT NULL);

-- Answers that are given again to who repeats a request. They lie under a data key: after a rotation the old ones still open.
CREATE TABLE idempotency_keys (
  scope TEXT PRIMARY KEY, request TEXT NOT NULL, resource_id {id}, status INTEGER NOT NULL, etag TEXT, location TEXT,
  body {bytes} NOT NULL, created_at {instant} NOT NULL, data_key TEXT NOT NULL DEFAULT ''
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
-- Stored answers that hold personal data are found by what they are about.
CREATE INDEX idempotency_keys_by_resource ON idempotency_keys (resource_id) WHERE resource_id IS NOT NULL;

-- What a caller used of its quota on its last day. A caller is a digest of issuer and subject.
CREATE TABLE quota_uses (
  caller TEXT PRIMARY KEY, day TEXT NOT NULL, files BIGINT NOT NULL, bytes BIGINT NOT NULL, complaints BIGINT NOT NULL,
  unmaskings BIGINT NOT NULL, phone_searches BIGINT NOT NULL
);

-- Policies and calendars belong to a county; those of county '' are the deployment's own and hold where a county has none.
-- A version takes effect only after a second person approved it; a draft may be withdrawn.
CREATE TABLE policies (
  version BIGINT PRIMARY KEY, county TEXT NOT NULL, effective_from DATE NOT NULL, title TEXT NOT NULL,
  digest TEXT NOT NULL, document TEXT NOT NULL, submitted_at {instant} NOT NULL, submitted_iss TEXT NOT NULL,
  submitted_sub TEXT NOT NULL, published_at {instant}, approved_iss TEXT, approved_sub TEXT, withdrawn_at {instant}
);
CREATE INDEX policies_by_county ON policies (county, version);
CREATE INDEX policies_published ON policies (version) WHERE published_at IS NOT NULL;

CREATE TABLE calendar_years (
  county TEXT NOT NULL, year BIGINT NOT NULL, version BIGINT NOT NULL, document TEXT NOT NULL, updated_at {instant} NOT NULL,
  PRIMARY KEY (county, year)
);

-- The calendar that stored deadlines were last worked out by; one row.
CREATE TABLE calendar_followed (id BIGINT PRIMARY KEY, stamp TEXT NOT NULL);
