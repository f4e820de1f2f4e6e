DROP TABLE reminder;
DROP TABLE short_link;
DROP TABLE account_token;
DROP TABLE message;
