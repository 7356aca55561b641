-- Held until the transaction ends; who comes second is told at once.
SELECT status FROM batch_jobs WHERE sha256 = $1 FOR UPDATE NOWAIT
