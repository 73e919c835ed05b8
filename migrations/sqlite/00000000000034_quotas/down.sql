DROP TABLE client_assertions;
ALTER TABLE clients DROP COLUMN jwks;
DROP TABLE quota_uses;
