-- Held by the connection: gone with the pod that held it.
SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked
