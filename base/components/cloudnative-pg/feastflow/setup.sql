-- Runs once, in the database of the application, when that is made.
REVOKE ALL ON DATABASE feastflow FROM PUBLIC;
