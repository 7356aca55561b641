-- Runs once, in the database of the application, when that is made.
REVOKE ALL ON DATABASE lambda FROM PUBLIC;
