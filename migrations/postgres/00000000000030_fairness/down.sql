UPDATE rating_contents SET proceedings = REPLACE(proceedings, '"outcome":"accepted"', '"outcome":"upheld"');
ALTER TABLE hazards DROP COLUMN severity;
