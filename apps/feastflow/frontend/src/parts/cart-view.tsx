'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { emptyCart, type KeptCart, setCart, useCart } from '../client/cart.ts';
import { useNames } from '../client/names.ts';
import { ask, useSession } from '../client/session.ts';
import type { Cart, Menu } from '../shop/types.ts';
import { money } from '../shop/words.ts';
import { Quantity } from './add-button.tsx';
import { announce } from './announcer.tsx';

export type Priced =
  | { readonly kind: 'asking' }
  | { readonly kind: 'away' }
  | { readonly kind: 'here'; readonly cart: Cart };

/** The cart at the shop's own prices: an account's, or read from the menu for a guest. */
export async function priceCart(kept: KeptCart, isSignedIn: boolean): Promise<Priced> {
  if (isSignedIn) {
    const answered = await ask<Cart>('PUT', '/api/cart', { body: { items: kept.items } });
    if (answered.kind === 'done') return { kind: 'here', cart: answered.value };
    if (answered.kind === 'away') return { kind: 'away' };
  }
  const menu = await ask<Menu>('GET', `/api/restaurants/${kept.slug}`);
  if (menu.kind === 'away') return { kind: 'away' };
  const { restaurant, dishes } = menu.kind === 'done' ? menu.value : { restaurant: undefined, dishes: [] };
  const items = kept.items.flatMap(({ dish: id, quantity }) => {
    const dish = dishes.find((one) => one.id === id);
    if (dish === undefined) return [];
    const { name, priceCents, isOffered, stock } = dish;
    const canBeHad = isOffered && restaurant?.isOpen === true && stock >= quantity;
    return [{ dish: id, name, restaurant: kept.slug, priceCents, quantity, canBeHad }];
  });
  return {
    kind: 'here',
    cart: { items, totalCents: items.reduce((sum, item) => sum + item.priceCents * item.quantity, 0) },
  };
}

/** The cart, priced again whenever it changes. */
export function usePricedCart() {
  const kept = useCart();
  const session = useSession();
  const [priced, setPriced] = useState<Priced>({ kind: 'asking' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (session.kind === 'unknown') return;
    if (kept.items.length === 0) {
      setPriced({ kind: 'here', cart: { items: [], totalCents: 0 } });
      return;
    }
    let isCurrent = true;
    // Presses that come one after the other are one question.
    const timer = setTimeout(async () => {
      const next = await priceCart(kept, session.kind === 'signed-in');
      if (!isCurrent) return;
      setPriced(next);
      if (next.kind === 'here' && next.cart.items.length < kept.items.length)
        setCart({ ...kept, items: next.cart.items.map(({ dish, quantity }) => ({ dish, quantity })) });
    }, 150);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [kept, session.kind, round]);
  const again = useCallback(() => setRound((last) => last + 1), []);
  return { kept, priced, again };
}

/** The cart's page. */
export function CartView() {
  const { kept, priced, again } = usePricedCart();
  const session = useSession();
  // Before the page lives nothing is known of the cart.
  const [isAlive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  const nameOf = useNames();
  const isSignedIn = session.kind === 'signed-in';
  useEffect(() => {
    if (!isSignedIn || kept.items.length > 0) return;
    // Put together on another device.
    void ask<Cart>('GET', '/api/cart').then((answered) => {
      if (answered.kind !== 'done' || answered.value.items.length === 0) return;
      const { items } = answered.value;
      const slug = items[0]?.restaurant ?? '';
      setCart({
        slug,
        restaurant: slug.replaceAll('-', ' '),
        items: items.map(({ dish, quantity }) => ({ dish, quantity })),
      });
    });
  }, [isSignedIn, kept.items.length]);
  if (!isAlive || (priced.kind === 'asking' && kept.items.length > 0))
    return (
      <p className="waiting" role="status">
        One moment…
      </p>
    );
  if (kept.items.length === 0)
    return (
      <div className="panel">
        <p>There is nothing in your cart yet.</p>
        <Link className="button" prefetch={false} href="/">
          Find something good
        </Link>
      </div>
    );
  if (priced.kind === 'away')
    return (
      <div className="panel" role="alert">
        <p>The shop does not answer, so we cannot tell today’s prices. Your cart is kept.</p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  const cart = priced.kind === 'here' ? priced.cart : { items: [], totalCents: 0 };
  const isShort = cart.items.some(({ canBeHad }) => !canBeHad);
  const empty = () => {
    emptyCart();
    if (isSignedIn) void ask('DELETE', '/api/cart');
    announce('Your cart is empty.');
  };
  return (
    <div className="panel">
      <p className="quiet-text">
        From{' '}
        <Link prefetch={false} href={`/restaurants/${kept.slug}`}>
          {nameOf(kept.slug)}
        </Link>
      </p>
      <ul className="lines">
        {cart.items.map(({ dish, name, priceCents, canBeHad }) => {
          const quantity = kept.items.find((item) => item.dish === dish)?.quantity ?? 0;
          if (quantity === 0) return null;
          return (
            <li key={dish}>
              <div>
                <strong>{name}</strong>
                <span className="quiet-text">{money(priceCents)} each</span>
                {!canBeHad && (
                  <span className="fault">Not enough of it is left, or it is not offered now.</span>
                )}
              </div>
              <Quantity name={name} dish={dish} quantity={quantity} />
              <span className="price">{money(priceCents * quantity)}</span>
            </li>
          );
        })}
      </ul>
      <p className="total">
        <span>Total</span> <strong>{money(cart.totalCents)}</strong>
      </p>
      <div className="row spread">
        <button type="button" className="quiet" onClick={empty}>
          Empty the cart
        </button>
        {isShort ? (
          <p className="fault">Take out what cannot be had to go on.</p>
        ) : (
          <Link className="button" prefetch={false} href="/checkout">
            To the checkout
          </Link>
        )}
      </div>
    </div>
  );
}
