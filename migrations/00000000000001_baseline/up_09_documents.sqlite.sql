INSERT INTO attachment_realm (id) VALUES (lower(hex(randomblob(8))));
