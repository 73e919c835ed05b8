DROP INDEX complaints_public_county;
DROP INDEX complexes_by_place;
