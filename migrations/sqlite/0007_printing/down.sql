DROP TABLE printing;
