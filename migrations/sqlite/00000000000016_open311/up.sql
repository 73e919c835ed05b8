-- Complexes around a point, and what is public of a county's tickets, newest first.
CREATE INDEX complexes_by_place ON complexes (latitude, longitude);
CREATE INDEX complaints_public_county ON complaints (county, is_public, submitted_at, id);
