-- What a caller used of its quota on its last day. A caller is a digest of issuer and subject.
CREATE TABLE quota_uses (
  caller TEXT PRIMARY KEY, day TEXT NOT NULL, files BIGINT NOT NULL, bytes BIGINT NOT NULL, tickets BIGINT NOT NULL,
  unmaskings BIGINT NOT NULL, caller_searches BIGINT NOT NULL
);

-- Public keys (a JWK Set) by which a client shows who it is, instead of a secret.
ALTER TABLE clients ADD COLUMN jwks TEXT NOT NULL DEFAULT 'null';

-- Assertions that were used, until they end: each is good once (RFC 7523, 3).
CREATE TABLE client_assertions (
  client_id TEXT NOT NULL, jti TEXT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (client_id, jti)
);
CREATE INDEX client_assertions_by_end ON client_assertions (expires_at);
