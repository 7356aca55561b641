import type { PurchaseLine } from '../event/index.ts';

/** A product of the storefront; one of many has few views, as in life. */
export interface Product extends Omit<PurchaseLine, 'quantity'> {
  /** How often it is looked at beside the others. */
  readonly weight: number;
}

const categories = [
  ['kitchen', 900, 18_000],
  ['books', 700, 4500],
  ['garden', 500, 25_000],
  ['toys', 600, 9000],
  ['shoes', 2500, 19_000],
  ['sports', 900, 40_000],
  ['audio', 1500, 60_000],
  ['office', 200, 12_000],
] as const;
const perCategory = 50;

/** 400 products with prices that end in 99, the first of a category looked at the most (Zipf's law). */
export const catalogue: readonly Product[] = categories.flatMap(([category, least, most]) =>
  Array.from({ length: perCategory }, (_, index) => ({
    product: `${category}-${String(index + 1).padStart(3, '0')}`,
    category,
    priceCents: Math.round((least + ((most - least) * index) / perCategory) / 100) * 100 + 99,
    weight: 1 / (index + 1),
  })),
);

/** Where customers live, how many of them, and what they pay in. */
export const countries = [
  ['DE', 30, 'EUR'],
  ['FR', 20, 'EUR'],
  ['NL', 8, 'EUR'],
  ['GB', 18, 'GBP'],
  ['US', 18, 'USD'],
  ['CH', 6, 'CHF'],
] as const;
