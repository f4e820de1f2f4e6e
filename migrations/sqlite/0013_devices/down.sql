DROP TABLE record;
DROP INDEX event_device;
DROP TABLE device;
