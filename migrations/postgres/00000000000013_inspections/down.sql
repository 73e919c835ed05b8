DROP TABLE inspection_keys;
DROP TABLE hazards;
DROP TABLE inspection_parts;
DROP TABLE inspections;
