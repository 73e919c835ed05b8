DROP TABLE __features__;
