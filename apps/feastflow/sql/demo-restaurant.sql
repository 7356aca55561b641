INSERT INTO restaurants (slug, name, cuisine, description, search_words) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (slug) DO NOTHING
