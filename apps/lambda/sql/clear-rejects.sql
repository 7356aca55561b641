DELETE FROM batch_rejects WHERE sha256 = $1
