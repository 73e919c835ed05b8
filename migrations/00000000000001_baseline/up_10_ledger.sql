-- The ledger: events, and the Merkle tree that they are sealed in.

-- Append only. The leaf is the text that is sealed; the columns beside it only serve reading.
CREATE TABLE ledger_events (
  id {id} PRIMARY KEY, kind TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, county TEXT,
  township TEXT, community TEXT, company_id {id}, audience TEXT NOT NULL, actor_iss TEXT NOT NULL, actor_sub TEXT NOT NULL,
  actor_role TEXT NOT NULL, actor_client TEXT, request_id TEXT NOT NULL, policy_version BIGINT,
  recorded_at {instant} NOT NULL, leaf TEXT NOT NULL, complex_id {id},
  -- The police station, partner or utility that the event is for, as role:division.
  addressee TEXT
);

-- Salts of personal fields, outside the ledger: erasing them makes the digests in the leaves meaningless (PIPL 47).
CREATE TABLE ledger_salts (event_id {id} NOT NULL, field TEXT NOT NULL, salt TEXT NOT NULL, PRIMARY KEY (event_id, field));

-- Events that are not in the tree yet, in the order of their writing. Within one aggregate that is the order of its
-- transactions, because each holds the aggregate's lock; between aggregates any order is right.
CREATE TABLE ledger_unsealed (position {counter}, event_id {id} NOT NULL);

-- The sealed ledger: leaf number seq (from 0, without gaps) of the Merkle tree (RFC 9162). A copy of the columns to look
-- it up by; what is proved is the leaf.
CREATE TABLE ledger_entries (
  seq BIGINT PRIMARY KEY, event_id {id} NOT NULL UNIQUE, kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, county TEXT, township TEXT, community TEXT, company_id {id},
  complex_id {id}, addressee TEXT, audience TEXT NOT NULL, actor_iss TEXT NOT NULL, actor_sub TEXT NOT NULL,
  actor_role TEXT NOT NULL, actor_client TEXT, recorded_at {instant} NOT NULL,
  -- The actor's subject in one case and width, as persons are compared. A database folds ASCII only, which is what the
  -- subjects of issuers are made of.
  actor_key TEXT NOT NULL DEFAULT ''
);
CREATE INDEX ledger_entries_by_county ON ledger_entries (county, seq);
CREATE INDEX ledger_entries_by_township ON ledger_entries (township, seq);
CREATE INDEX ledger_entries_by_community ON ledger_entries (community, seq);
CREATE INDEX ledger_entries_by_company ON ledger_entries (company_id, seq) WHERE company_id IS NOT NULL;
CREATE INDEX ledger_entries_by_complex ON ledger_entries (complex_id, seq) WHERE complex_id IS NOT NULL;
CREATE INDEX ledger_entries_by_addressee ON ledger_entries (addressee, seq) WHERE addressee IS NOT NULL;
CREATE INDEX ledger_entries_by_audience ON ledger_entries (audience, seq);
CREATE INDEX ledger_entries_by_subject ON ledger_entries (subject_id, seq);
CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_key, seq);

-- The hashes of the tree's complete subtrees, at their stored-hash positions (C2SP tlog).
CREATE TABLE ledger_hashes (position BIGINT PRIMARY KEY, hash {bytes} NOT NULL);

-- The one head: how many entries are sealed, their root hash, and the checkpoint that the ledger's key signed over both.
CREATE TABLE ledger_head (
  id BIGINT PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL, size BIGINT NOT NULL, root {bytes} NOT NULL,
  checkpoint TEXT NOT NULL, sealed_at {instant} NOT NULL
);
