'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useRef, useState } from 'react';
import { type Attempt, attemptOf, beginAttempt, endAttempt, type OrderBody } from '../client/attempt.ts';
import { emptyCart } from '../client/cart.ts';
import { ask } from '../client/session.ts';
import type { Account, Cart, Order, ProblemDocument } from '../shop/types.ts';
import { money } from '../shop/words.ts';
import { announce } from './announcer.tsx';
import { usePricedCart } from './cart-view.tsx';
import { NeedsSession } from './needs-session.tsx';

export function Checkout() {
  return (
    <NeedsSession why="Log in to order: so that you can follow it, and nobody else can.">
      {(account) => <CheckoutForm key={account.id} account={account} />}
    </NeedsSession>
  );
}

/** What a refusal means, in this cart's words. */
function sayRefusal(name: string, problem: ProblemDocument, cart: Cart): string {
  const nameOf = (dish: unknown) => cart.items.find((item) => item.dish === dish)?.name ?? 'A dish';
  const { errors = [] } = problem;
  switch (name) {
    case 'sold-out':
      return errors
        .map(({ dish, left }) =>
          left === 0 ? `${nameOf(dish)} is sold out.` : `Of ${nameOf(dish)} only ${left} are left.`,
        )
        .join(' ');
    case 'not-offered':
      return 'The restaurant has closed, or a dish is off the menu. Have another look at your cart.';
    case 'price-changed':
      return `The price has changed: it is ${money(Number(errors[0]?.totalCents ?? 0))} now. Order again if you still want it.`;
    case 'too-many-requests':
      return 'That was a lot of orders in a minute. Wait a moment, and order again.';
    default:
      return `${problem.title}. ${problem.detail}`;
  }
}

function CheckoutForm({ account }: { readonly account: Account }) {
  const router = useRouter();
  const { kept, priced, again } = usePricedCart();
  const [attempt, setAttempt] = useState<Attempt | undefined>(() => attemptOf(account.id));
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [fault, setFault] = useState<string>();
  const [noAddress, setNoAddress] = useState(false);
  const alert = useRef<HTMLParagraphElement>(null);
  const address = useRef<HTMLTextAreaElement>(null);
  /** A second press in the same moment finds no rendered state yet. */
  const busy = useRef(false);
  const id = useId();
  useEffect(() => {
    if (fault !== undefined) alert.current?.focus();
  }, [fault]);
  const cart = priced.kind === 'here' ? priced.cart : undefined;

  const send = async (sent: Attempt) => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setFault(undefined);
    const answered = await ask<Order>('POST', '/api/orders', {
      body: sent.body,
      headers: { 'idempotency-key': sent.key },
      keepalive: true,
    });
    busy.current = false;
    setBusy(false);
    if (answered.kind === 'done') {
      endAttempt();
      setDone(true);
      emptyCart();
      announce(`Order ${answered.value.number} is placed.`);
      router.push(`/orders/${answered.value.id}`);
      return;
    }
    if (answered.kind === 'away') {
      setAttempt(sent);
      setFault('The shop did not answer, so we do not know yet whether your order is placed.');
      return;
    }
    if (answered.name === 'not-signed-in') {
      setAttempt(sent);
      setFault('You were logged out meanwhile. Log in, and send it again.');
      return;
    }
    // Refused: nothing was ordered, and another order may be another.
    endAttempt();
    setAttempt(undefined);
    setFault(sayRefusal(answered.name, answered.problem, cart ?? { items: [], totalCents: 0 }));
    again();
  };

  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (cart === undefined || busy.current) return;
    const data = new FormData(event.currentTarget);
    const text = (name: string) =>
      String(data.get(name) ?? '')
        .trim()
        .replaceAll('\r\n', '\n');
    if (text('address') === '') {
      setNoAddress(true);
      address.current?.focus();
      return;
    }
    setNoAddress(false);
    const body: OrderBody = {
      items: cart.items.map(({ dish, quantity }) => ({ dish, quantity })),
      address: text('address'),
      note: text('note'),
      expectedTotalCents: cart.totalCents,
    };
    void send(beginAttempt(account.id, body));
  };

  if (isDone)
    return (
      <p className="waiting" role="status">
        Your order is placed. One moment…
      </p>
    );
  const told = fault !== undefined && (
    <p className="fault box" role="alert" tabIndex={-1} ref={alert}>
      {fault}
    </p>
  );
  if (attempt !== undefined)
    return (
      <div className="panel">
        {told}
        <h2>An order is under way</h2>
        <p>
          It was sent, and the answer has not come: {money(attempt.body.expectedTotalCents)} to{' '}
          {attempt.body.address}. Send it again without fear: it is placed once, however often it is sent.
        </p>
        <div className="row">
          <button type="button" onClick={() => void send(attempt)} aria-disabled={isBusy}>
            {isBusy ? 'Sending…' : 'Send it again'}
          </button>
          <Link className="button quiet" prefetch={false} href="/orders">
            Look at your orders
          </Link>
        </div>
        <button
          type="button"
          className="plain"
          onClick={() => {
            endAttempt();
            setAttempt(undefined);
            setFault(undefined);
          }}
        >
          I have looked: order anew
        </button>
      </div>
    );
  if (priced.kind === 'away')
    return (
      <div className="panel" role="alert">
        <p>The shop does not answer. Your cart is kept.</p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  if (cart === undefined)
    return (
      <p className="waiting" role="status">
        One moment…
      </p>
    );
  if (kept.items.length === 0)
    return (
      <div className="panel">
        {told}
        <p>There is nothing in your cart.</p>
        <Link className="button" prefetch={false} href="/">
          Find something good
        </Link>
      </div>
    );
  return (
    <form className="panel form" onSubmit={submit} noValidate method="post">
      {told}
      <h2>What you order</h2>
      <ul className="lines">
        {cart.items.map(({ dish, name, quantity, priceCents, canBeHad }) => (
          <li key={dish}>
            <div>
              <strong>
                {quantity} × {name}
              </strong>
              {!canBeHad && (
                <span className="fault">
                  Not enough is left.{' '}
                  <Link prefetch={false} href="/cart">
                    Change the cart
                  </Link>
                </span>
              )}
            </div>
            <span className="price">{money(priceCents * quantity)}</span>
          </li>
        ))}
      </ul>
      <p className="total">
        <span>Total</span> <strong>{money(cart.totalCents)}</strong>
      </p>
      <h2>Where it goes</h2>
      <div className="field">
        <label htmlFor={`${id}-address`}>Address</label>
        <textarea
          id={`${id}-address`}
          ref={address}
          name="address"
          rows={3}
          maxLength={300}
          autoComplete="street-address"
          required
          aria-invalid={noAddress ? true : undefined}
          aria-describedby={noAddress ? `${id}-no-address` : undefined}
        />
        {noAddress && (
          <p className="fault" id={`${id}-no-address`}>
            Tell the courier where to go.
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${id}-note`}>
          A note for the kitchen <span className="quiet-text">(if you like)</span>
        </label>
        <textarea id={`${id}-note`} name="note" rows={2} maxLength={500} />
      </div>
      <button type="submit" className="wide" aria-disabled={isBusy}>
        {isBusy ? 'Ordering…' : `Order for ${money(cart.totalCents)}`}
      </button>
    </form>
  );
}
