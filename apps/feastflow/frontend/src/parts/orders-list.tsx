'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { useNames } from '../client/names.ts';
import { ask } from '../client/session.ts';
import type { Order } from '../shop/types.ts';
import { count, isOver, money, statusWords } from '../shop/words.ts';
import { Moment } from './moment.tsx';
import { NeedsSession } from './needs-session.tsx';

interface Page {
  readonly orders: readonly Order[];
  readonly nextBefore: number | null;
}

export function OrdersList() {
  return (
    <NeedsSession why="Log in to see your orders.">{(account) => <Orders key={account.id} />}</NeedsSession>
  );
}

function Orders() {
  const [orders, setOrders] = useState<readonly Order[]>();
  const [before, setBefore] = useState<number | null>(null);
  const [isAway, setAway] = useState(false);
  const nameOf = useNames();
  const load = useCallback(async (from?: number) => {
    const query = from === undefined ? '' : `?before=${from}`;
    const answered = await ask<Page>('GET', `/api/orders${query}`);
    setAway(answered.kind !== 'done');
    if (answered.kind !== 'done') return;
    setOrders((last = []) =>
      from === undefined ? answered.value.orders : [...last, ...answered.value.orders],
    );
    setBefore(answered.value.nextBefore);
  }, []);
  useEffect(() => void load(), [load]);
  if (isAway)
    return (
      <div className="panel" role="alert">
        <p>The shop does not answer.</p>
        <button type="button" onClick={() => void load()}>
          Try again
        </button>
      </div>
    );
  if (orders === undefined)
    return (
      <p className="waiting" role="status">
        One moment…
      </p>
    );
  if (orders.length === 0)
    return (
      <div className="panel">
        <p>You have not ordered yet.</p>
        <Link className="button" prefetch={false} href="/">
          Find something good
        </Link>
      </div>
    );
  return (
    <>
      <ul className="orders">
        {orders.map(({ id, number, restaurant, status, items, totalCents, placedAt }) => (
          <li key={id} className="panel">
            <div className="row spread">
              <h2>
                <Link className="covers" prefetch={false} href={`/orders/${id}`}>
                  {nameOf(restaurant)}
                </Link>
              </h2>
              <span className={`badge ${isOver(status) ? status : 'open'}`}>{statusWords[status]}</span>
            </div>
            <p>{items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}</p>
            <p className="quiet-text">
              No. {number}, <Moment at={placedAt} />,{' '}
              {count(
                items.reduce((sum, { quantity }) => sum + quantity, 0),
                'dish',
                'dishes',
              )}
              , {money(totalCents)}
            </p>
          </li>
        ))}
      </ul>
      {before !== null && (
        <button type="button" className="quiet" onClick={() => void load(before)}>
          Older orders
        </button>
      )}
    </>
  );
}
