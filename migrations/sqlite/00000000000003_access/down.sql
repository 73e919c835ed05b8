DROP TABLE revocations;
DROP TABLE client_secrets;
DROP TABLE clients;
DROP TABLE data_keys;
ALTER TABLE idempotency_keys DROP COLUMN data_key;
