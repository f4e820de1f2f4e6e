DROP TABLE people;
DROP TABLE print_list;
DROP TABLE receipt_key;
