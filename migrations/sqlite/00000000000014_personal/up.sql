-- Personal data: texts that are sealed under a data key, and the blind index that a caller is found by.
CREATE TABLE sealed_texts (
  owner_id TEXT NOT NULL, purpose TEXT NOT NULL, subject_id TEXT NOT NULL,
  -- A key is not forgotten while something lies under it, whoever writes meanwhile.
  data_key TEXT NOT NULL REFERENCES data_keys (id),
  sealed BLOB NOT NULL,
  PRIMARY KEY (owner_id, purpose)
);
CREATE INDEX sealed_texts_subject ON sealed_texts (subject_id, purpose);
CREATE INDEX sealed_texts_key ON sealed_texts (data_key, owner_id, purpose);

CREATE TABLE phone_indexes (
  subject_id TEXT NOT NULL, index_key TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (subject_id, digest)
);
CREATE INDEX phone_indexes_digest ON phone_indexes (digest, subject_id);
CREATE INDEX phone_indexes_key ON phone_indexes (index_key, subject_id);
