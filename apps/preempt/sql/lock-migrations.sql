-- Of this database only: the name is the whole server's. Ends with the connection.
SELECT GET_LOCK(CONCAT(DATABASE(), '.migrations'), 30) AS locked
