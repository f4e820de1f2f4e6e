DROP TABLE programme_export;
