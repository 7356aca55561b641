SELECT paused_until AS `until`, reason FROM source_pause WHERE id = 1 AND paused_until > ?
