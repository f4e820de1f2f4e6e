DROP TABLE restored;
