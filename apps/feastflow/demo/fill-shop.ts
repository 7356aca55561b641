import { inTransaction, type Pool } from '@plumbline/kit/postgres';
import type { Role } from '../backend/orders/states.ts';
import { searchWords } from '../backend/search-words.ts';
import { sql } from '../sql/index.ts';
import { demoRestaurants } from './menus.ts';

interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly restaurant?: string;
}

export const demoAccounts: readonly DemoAccount[] = [
  { email: 'guest@feastflow.example', name: 'Ada Guest', role: 'customer' },
  { email: 'courier@feastflow.example', name: 'Kim Courier', role: 'courier' },
  { email: 'admin@feastflow.example', name: 'Sam Admin', role: 'admin' },
  ...demoRestaurants.map(({ slug, name }) => ({
    email: `${slug}@feastflow.example`,
    name: `Kitchen of ${name}`,
    role: 'kitchen' as const,
    restaurant: slug,
  })),
];

/**
 * Fills a shop with restaurants, menus and accounts, in one transaction; what is there already stays as it is.
 * @param passwordHash of every account that it makes
 * @returns the accounts that it made
 */
export function fillShop(pool: Pool, passwordHash: string): Promise<string[]> {
  return inTransaction(pool, async (client) => {
    for (const { slug, name, cuisine, description, dishes } of demoRestaurants) {
      const words = searchWords(`${name} ${cuisine} ${description}`);
      await client.query(sql['demo-restaurant'], [slug, name, cuisine, description, words]);
      for (const [section, dish, told, vegetarian, cents, stock] of dishes) {
        const found = searchWords(`${dish} ${told} ${section} ${name} ${cuisine}`);
        const values = [slug, section, dish, told, vegetarian, cents, stock, found];
        await client.query(sql['demo-dish'], values);
      }
    }
    const made: string[] = [];
    for (const { email, name, role, restaurant = null } of demoAccounts) {
      const { rows } = await client.query<{ email: string }>(sql['demo-account'], [
        ...[email, name, passwordHash, role],
        restaurant,
      ]);
      made.push(...rows.map((row) => row.email));
    }
    return made;
  });
}
