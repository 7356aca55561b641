UPDATE locations SET refused_at = ? WHERE id IN (?)
