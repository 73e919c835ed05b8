-- Which data key a stored answer lies under: after a rotation the old ones still open.
ALTER TABLE idempotency_keys ADD COLUMN data_key TEXT NOT NULL DEFAULT '';

-- The data keys that this database was ever used with: a keyring that lacks one is the wrong keyring.
CREATE TABLE data_keys (id TEXT PRIMARY KEY, seen_at BIGINT NOT NULL);

-- OAuth clients: systems that get tokens with a secret of their own.
CREATE TABLE clients (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, role TEXT NOT NULL,
  division TEXT, company TEXT, complex_id TEXT REFERENCES complexes (id), organisation TEXT, operations TEXT NOT NULL,
  county TEXT NOT NULL, state TEXT NOT NULL, epoch BIGINT NOT NULL, requested_by_iss TEXT NOT NULL,
  requested_by_sub TEXT NOT NULL, approved_by_iss TEXT, approved_by_sub TEXT, approved_at BIGINT, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX clients_by_county ON clients (county, id);
CREATE INDEX clients_by_county_state ON clients (county, state, id);
CREATE INDEX clients_by_epoch ON clients (epoch);

-- Digests of 256 random bits; the secrets themselves are nowhere.
CREATE TABLE client_secrets (
  id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES clients (id), digest TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

-- Subjects and tokens that are refused, whoever issued them.
CREATE TABLE revocations (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, issuer TEXT NOT NULL, value TEXT NOT NULL,
  reason TEXT NOT NULL, county TEXT NOT NULL, expires_at BIGINT, withdrawn_at BIGINT, created_at BIGINT NOT NULL
);
CREATE INDEX revocations_by_county ON revocations (county, id);
CREATE INDEX revocations_in_force ON revocations (withdrawn_at, expires_at);
