-- Files: what they are, whose they are, and where their bytes lie.
CREATE TABLE attachments (
  id uuid PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL, owner_kind TEXT, owner_id uuid, uploader_iss TEXT NOT NULL, uploader_sub TEXT NOT NULL,
  uploader_role TEXT NOT NULL, uploader_place TEXT NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, is_public BOOLEAN NOT NULL, public_key TEXT, public_sha256 TEXT, public_size BIGINT,
  created_at timestamptz NOT NULL
);
CREATE INDEX attachments_by_object ON attachments (object_key);
CREATE INDEX attachments_by_public_object ON attachments (public_key) WHERE public_key IS NOT NULL;
CREATE INDEX attachments_unattached ON attachments (created_at) WHERE owner_id IS NULL;

-- The part of the store that is this database's: what lies in it without a row may be removed, and nothing else.
CREATE TABLE attachment_realm (id TEXT PRIMARY KEY);
INSERT INTO attachment_realm (id) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));
