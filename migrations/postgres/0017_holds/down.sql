DROP TABLE hold;
DROP FUNCTION hold_second_person();
