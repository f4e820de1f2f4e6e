DROP TABLE usage_rolled;
DROP TABLE usage_month;
