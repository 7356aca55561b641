SELECT id, slug, name, cuisine, description, is_open AS "isOpen" FROM restaurants WHERE slug = $1
