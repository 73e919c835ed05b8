DROP TABLE measure_rating_grounds;
DROP TABLE plaques;
DROP TABLE rating_contents;
DROP TABLE ratings;
DROP TABLE rating_cycles;
