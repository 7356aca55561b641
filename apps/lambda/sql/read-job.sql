SELECT status FROM batch_jobs WHERE sha256 = $1
