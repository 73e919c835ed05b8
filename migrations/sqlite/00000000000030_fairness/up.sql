-- How grave a hazard is. An objection to a rating is accepted; `upheld` is what an appeal leaves as it is.
ALTER TABLE hazards ADD COLUMN severity TEXT NOT NULL DEFAULT 'general';
UPDATE rating_contents SET proceedings = REPLACE(proceedings, '"outcome":"upheld"', '"outcome":"accepted"');
