DROP TABLE recovery_code;
DROP TABLE second_factor;
