import type { Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance } from 'fastify';
import { sql } from '../../sql/index.ts';
import { Problem } from '../problems.ts';
import * as schemas from '../schemas.ts';
import { prefixQuery } from '../search-words.ts';

const most = 100;
const typed = { ...schemas.words(0, 100), description: 'words, or how they begin' } as const;

/** `/api/restaurants` and `/api/dishes`: for everybody. */
export function addMenuRoutes(app: FastifyInstance, pool: Pool): void {
  app.get(
    '/api/restaurants',
    {
      schema: {
        summary: 'Restaurants, those that are searched for or all',
        tags: ['menus'],
        querystring: schemas.object({ q: typed }, ['q']),
        response: schemas.responses({ 200: schemas.restaurants }, 'invalid-request'),
      },
      config: { access: 'guests', maxAge: 5 },
    },
    async (request) => {
      const { q = '' } = request.query as { q?: string };
      return { restaurants: (await pool.query(sql.restaurants, [prefixQuery(q), most])).rows };
    },
  );
  app.get(
    '/api/restaurants/:slug',
    {
      schema: {
        summary: 'A restaurant with its menu',
        tags: ['menus'],
        params: schemas.object({
          slug: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 100 },
        }),
        response: schemas.responses({ 200: schemas.menu }, 'invalid-request', 'not-found'),
      },
      config: { access: 'guests', maxAge: 2 },
    },
    async (request) => {
      const { slug } = request.params as { slug: string };
      const { rows } = await pool.query<{ id: number }>(sql.restaurant, [slug]);
      const [restaurant] = rows;
      if (restaurant === undefined) throw new Problem('not-found', `there is no restaurant ${slug}`);
      return { restaurant, dishes: (await pool.query(sql.menu, [restaurant.id])).rows };
    },
  );
  app.get(
    '/api/dishes',
    {
      schema: {
        summary: 'Dishes that are offered and searched for, the best first',
        tags: ['menus'],
        querystring: schemas.object(
          { q: { ...typed, minLength: 1 }, vegetarian: { type: 'string', enum: ['true', 'false'] } },
          ['vegetarian'],
        ),
        response: schemas.responses({ 200: schemas.foundDishes }, 'invalid-request'),
      },
      config: { access: 'guests', maxAge: 2 },
    },
    async (request) => {
      const { q, vegetarian } = request.query as { q: string; vegetarian?: string };
      const query = prefixQuery(q);
      if (query === '') return { dishes: [] };
      return { dishes: (await pool.query(sql['find-dishes'], [query, vegetarian === 'true', most])).rows };
    },
  );
}
