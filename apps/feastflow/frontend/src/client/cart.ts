import { forGood } from './kept.ts';
import { createStore } from './store.ts';

/** What this browser means to order: of one restaurant. Prices are asked for where they are shown. */
export interface KeptCart {
  readonly slug: string;
  readonly restaurant: string;
  readonly items: readonly KeptItem[];
}

export interface KeptItem {
  readonly dish: number;
  readonly quantity: number;
}

const name = 'cart';
const none: KeptCart = { slug: '', restaurant: '', items: [] };
export const mostOfADish = 50;

const store = createStore<KeptCart>(none);
export const useCart = store.use;
export const cartNow = store.get;

/** Reads what was kept, and follows other tabs. */
export function startCart(): () => void {
  const read = () => store.set(forGood.read<KeptCart>(name) ?? none);
  const onOther = ({ key }: StorageEvent) => {
    if (key === name) read();
  };
  window.addEventListener('storage', onOther);
  read();
  return () => window.removeEventListener('storage', onOther);
}

export function setCart(cart: KeptCart): void {
  forGood.write(name, cart.items.length === 0 ? undefined : cart);
  store.set(cart.items.length === 0 ? none : cart);
}

export const emptyCart = (): void => setCart(none);

/** How many of a dish; nothing is none. */
export function setQuantity(dish: number, quantity: number): void {
  const cart = store.get();
  const items = cart.items
    .map((item) => (item.dish === dish ? { dish, quantity: Math.min(quantity, mostOfADish) } : item))
    .filter((item) => item.quantity > 0);
  setCart({ ...cart, items });
}

/** One more of a dish. @returns false when the cart is another restaurant's. */
export function addToCart(slug: string, restaurant: string, dish: number): boolean {
  const cart = store.get();
  if (cart.items.length > 0 && cart.slug !== slug) return false;
  const isThere = cart.items.some((item) => item.dish === dish);
  const items = isThere
    ? cart.items.map((item) =>
        item.dish === dish ? { dish, quantity: Math.min(item.quantity + 1, mostOfADish) } : item,
      )
    : [...cart.items, { dish, quantity: 1 }];
  setCart({ slug, restaurant, items });
  return true;
}

export const countOf = ({ items }: KeptCart): number =>
  items.reduce((sum, { quantity }) => sum + quantity, 0);
