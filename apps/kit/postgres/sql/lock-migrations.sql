-- Any number, the same for all who migrate: held until the transaction ends.
SELECT pg_advisory_xact_lock(7281901)
