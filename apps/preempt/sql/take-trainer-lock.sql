-- The database's name is part of it: such a lock is the whole server's.
SELECT GET_LOCK(CONCAT(DATABASE(), '.ml-trainer'), 0) = 1 AS held
