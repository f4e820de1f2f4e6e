DROP TABLE own_reference;
