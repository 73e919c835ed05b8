INSERT INTO attachment_realm (id) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));
