-- Systems that get tokens, and whom and what is refused.

-- OAuth clients: systems that get tokens with a secret of their own, or with a key whose public half (a JWK Set) stands here.
CREATE TABLE clients (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, role TEXT NOT NULL,
  division TEXT, company TEXT, complex_id {id} REFERENCES complexes (id), organisation TEXT, operations TEXT NOT NULL,
  county TEXT NOT NULL, state TEXT NOT NULL, epoch BIGINT NOT NULL, requested_by_iss TEXT NOT NULL,
  requested_by_sub TEXT NOT NULL, approved_by_iss TEXT, approved_by_sub TEXT, approved_at {instant}, created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL, jwks TEXT NOT NULL DEFAULT 'null'
);
CREATE INDEX clients_by_county ON clients (county, id);
CREATE INDEX clients_by_county_state ON clients (county, state, id);
CREATE INDEX clients_by_epoch ON clients (epoch);

-- Digests of 256 random bits; the secrets themselves are nowhere.
CREATE TABLE client_secrets (
  id {id} PRIMARY KEY, client_id {id} NOT NULL REFERENCES clients (id), digest TEXT NOT NULL, created_at {instant} NOT NULL,
  expires_at {instant}
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

-- Assertions that were used, until they end: each is good once (RFC 7523, 3).
CREATE TABLE client_assertions (
  client_id {id} NOT NULL, jti TEXT NOT NULL, expires_at {instant} NOT NULL, PRIMARY KEY (client_id, jti)
);
CREATE INDEX client_assertions_by_end ON client_assertions (expires_at);

-- Subjects and tokens that are refused, whoever issued them.
CREATE TABLE token_revocations (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, issuer TEXT NOT NULL, value TEXT NOT NULL,
  reason TEXT NOT NULL, county TEXT NOT NULL,
  -- The county whose tokens a revocation ends; '' where it ends those of residents too, who belong to no county: every
  -- county's administrators see it and may take it back.
  reach TEXT NOT NULL DEFAULT '',
  expires_at {instant}, withdrawn_at {instant}, created_at {instant} NOT NULL
);
CREATE INDEX token_revocations_in_force ON token_revocations (withdrawn_at, expires_at);
CREATE INDEX token_revocations_by_reach ON token_revocations (reach, id);
