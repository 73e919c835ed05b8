DROP TABLE complaint_cards;
DROP TABLE complaint_followers;
DROP TABLE complaint_steps;
DROP TABLE complaints;
