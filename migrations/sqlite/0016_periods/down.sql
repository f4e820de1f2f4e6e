DROP TABLE kept_file;
DROP TABLE statement_text;
DROP TABLE statement;
DROP TABLE period;
ALTER TABLE programme DROP COLUMN closed_through;
