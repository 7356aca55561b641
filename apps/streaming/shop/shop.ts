import type { Random } from '@plumbline/kit';

/** An order, as the newest schema of it has it. */
export interface Order {
  readonly order_id: string;
  readonly customer_id: string;
  readonly product_id: string;
  readonly quantity: number;
  readonly unit_price_cents: number;
  /** Milliseconds since 1970. */
  readonly ordered_at: number;
  readonly channel: string;
}

/** A product from `updated_at` on. */
export interface Product {
  readonly product_id: string;
  readonly name: string;
  readonly category: string;
  readonly updated_at: number;
}

/** A product as the shop knows it, whatever the hour. */
interface Article {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly cents: number;
}

/** A shop of one seed: the same products, and the same sales at the same times, for every replica. */
export interface Shop {
  /** The products as they are at a moment, all of them. */
  readonly products: (at: number) => Product[];
  /** The products that are in another category since a sale began or ended between two moments. */
  readonly changed: (after: number, upTo: number) => Product[];
  /** An order of somebody for something, dear things rarer. */
  readonly order: (random: Random, id: string, at: number) => Order;
}

const kinds = ['audio', 'books', 'garden', 'kitchen', 'lighting', 'outdoor', 'sports', 'toys'] as const;
const looks = ['Amber', 'Birch', 'Cobalt', 'Dune', 'Ember', 'Fjord', 'Granite', 'Harbour'] as const;
const channels = ['web', 'web', 'web', 'app', 'app', 'store'] as const;
const customers = 20_000;
/** A sale lasts so long; some products are in it. */
const sale = 10 * 60_000;
const saleShare = 0.05;

export function openShop(seed: number, size = 400): Shop {
  const articles = Array.from({ length: size }, (_, index): Article => {
    const kind = kinds[index % kinds.length] as string;
    const look = looks[Math.floor(index / kinds.length) % looks.length];
    const cents = 199 + Math.floor(chance(seed, index, -1) ** 3 * 40_000);
    return {
      id: `p-${String(index).padStart(4, '0')}`,
      name: `${look} ${kind} ${index}`,
      category: kind,
      cents,
    };
  });
  const isOnSale = (index: number, at: number) => chance(seed, index, Math.floor(at / sale)) < saleShare;
  const product = (index: number, at: number, since: number): Product => {
    const { id, name, category } = articles[index] as Article;
    return { product_id: id, name, category: isOnSale(index, at) ? 'sale' : category, updated_at: since };
  };
  return {
    products: (at) => articles.map((_, index) => product(index, at, at)),
    changed(after, upTo) {
      const begun = Math.floor(upTo / sale) * sale;
      if (begun <= after) return [];
      return articles.flatMap((_, index) =>
        isOnSale(index, after) === isOnSale(index, upTo) ? [] : [product(index, upTo, begun)],
      );
    },
    order(random, id, at) {
      const article = articles[Math.floor(random() ** 2 * size)] as Article;
      return {
        order_id: id,
        customer_id: `c-${Math.floor(random() * customers)}`,
        product_id: article.id,
        quantity: 1 + Math.floor(random() ** 3 * 5),
        unit_price_cents: article.cents,
        ordered_at: at,
        channel: channels[Math.floor(random() * channels.length)] as string,
      };
    },
  };
}

/** A number from 0 up to 1 that three numbers come to. */
function chance(...numbers: readonly number[]): number {
  let mixed = 0x9e3779b9;
  for (const number of numbers) {
    mixed = Math.imul(mixed ^ (number | 0), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) / 2 ** 32;
}
