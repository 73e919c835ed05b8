DROP TABLE clock_watch;
DROP TABLE deployment;
