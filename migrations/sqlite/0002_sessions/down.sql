DROP TABLE api_key;
DROP TABLE refresh_token;
