SELECT id FROM locations
