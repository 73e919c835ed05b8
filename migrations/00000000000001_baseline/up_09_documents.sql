-- Files that were uploaded, and official documents.

-- What files are, whose they are, and where their bytes lie. A complaint's file belongs to its ticket wherever it is handed
-- on, has a copy without notes, and may be erased. Its name lies sealed in `encrypted_texts`; a name that still stands here is
-- sealed by the service and then empty.
CREATE TABLE attachments (
  id {id} PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL, owner_kind TEXT, owner_id {id}, uploader_iss TEXT NOT NULL, uploader_sub TEXT NOT NULL,
  uploader_role TEXT NOT NULL, uploader_place TEXT NOT NULL, county TEXT NOT NULL, township TEXT NOT NULL,
  community TEXT NOT NULL, is_public BOOLEAN NOT NULL, stripped_key TEXT, stripped_sha256 TEXT, stripped_size BIGINT,
  created_at {instant} NOT NULL, complaint_id {id}, erased_at {instant}
);
CREATE INDEX attachments_by_object ON attachments (object_key);
CREATE INDEX attachments_unattached ON attachments (created_at) WHERE owner_id IS NULL;
CREATE INDEX attachments_by_stripped_object ON attachments (stripped_key) WHERE stripped_key IS NOT NULL;
CREATE INDEX attachments_of_complaint ON attachments (complaint_id, id) WHERE complaint_id IS NOT NULL;
CREATE INDEX attachments_to_erase ON attachments (erased_at) WHERE erased_at IS NOT NULL AND object_key <> '';
CREATE INDEX attachments_to_seal ON attachments (id) WHERE name <> '';

-- The part of the store that is this database's: what lies in it without a row may be removed, and nothing else.
CREATE TABLE attachment_realm (id TEXT PRIMARY KEY);

-- The last number that was given under a word (机关代字) in a year.
CREATE TABLE document_counters (
  county TEXT NOT NULL, prefix TEXT NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (county, prefix, year)
);

CREATE TABLE documents (
  id {id} PRIMARY KEY, version BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, subject_kind TEXT NOT NULL,
  subject_id {id} NOT NULL, violation_id {id} REFERENCES violations (id), handler_role TEXT, handler_division TEXT,
  county TEXT NOT NULL, township TEXT NOT NULL, community TEXT NOT NULL, company_id {id} REFERENCES companies (id),
  complex_id {id} REFERENCES complexes (id), delivered BOOLEAN NOT NULL, office_role TEXT NOT NULL,
  office_division TEXT NOT NULL, office_name TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL,
  addressee TEXT NOT NULL, policy_version BIGINT NOT NULL, issued_on DATE NOT NULL, issued_at {instant} NOT NULL,
  issued_by TEXT NOT NULL, code TEXT NOT NULL, digest TEXT NOT NULL, withdrawn_on DATE, withdrawal_reason TEXT,
  updated_at {instant} NOT NULL
);
CREATE UNIQUE INDEX documents_code ON documents (code);
CREATE UNIQUE INDEX documents_number ON documents (county, number);
CREATE INDEX documents_subject ON documents (subject_id, id);
CREATE INDEX documents_violation ON documents (violation_id, id);
CREATE INDEX documents_county ON documents (county, id);
CREATE INDEX documents_county_kind ON documents (county, kind, id);
CREATE INDEX documents_township ON documents (township, id);
CREATE INDEX documents_township_kind ON documents (township, kind, id);
CREATE INDEX documents_community ON documents (community, id);
CREATE INDEX documents_community_kind ON documents (community, kind, id);
CREATE INDEX documents_company ON documents (company_id, id);
CREATE INDEX documents_complex ON documents (complex_id, id);

-- The pages themselves, apart from the rows that lists read.
CREATE TABLE document_contents (document_id {id} PRIMARY KEY REFERENCES documents (id), content {bytes} NOT NULL);
