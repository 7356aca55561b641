UPDATE locations SET collected_at = ? WHERE id IN (?)
