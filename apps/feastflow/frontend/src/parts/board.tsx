'use client';

import { useEffect, useRef, useState } from 'react';
import { follow, type LiveState } from '../client/live.ts';
import { useNames } from '../client/names.ts';
import { ask } from '../client/session.ts';
import type { Account, Order, Role, Status } from '../shop/types.ts';
import { boardColumns, boardSteps, count, isOver, statusWords } from '../shop/words.ts';
import { announce } from './announcer.tsx';
import { focusOn } from './life.tsx';
import { LiveMark } from './live-mark.tsx';
import { Moment } from './moment.tsx';
import { NeedsSession } from './needs-session.tsx';

export function Board() {
  return (
    <NeedsSession why="Log in with the account of your kitchen, or as a courier.">
      {(account) => <OfRole key={account.id} account={account} />}
    </NeedsSession>
  );
}

function OfRole({ account }: { readonly account: Account }) {
  if (account.role === 'customer')
    return (
      <div className="panel">
        <p>The board is for kitchens and couriers.</p>
      </div>
    );
  return <Columns role={account.role} />;
}

type Orders = ReadonlyMap<string, Order>;

/** The orders with one that is new or has changed; an older view of it changes nothing. */
function withOrder(orders: Orders, order: Order): Orders {
  if ((orders.get(order.id)?.version ?? 0) > order.version) return orders;
  const next = new Map(orders);
  if (isOver(order.status)) next.delete(order.id);
  else next.set(order.id, order);
  return next;
}

function Columns({ role }: { readonly role: Exclude<Role, 'customer'> }) {
  const [orders, setOrders] = useState<Orders>();
  const [live, setLive] = useState<LiveState>('connecting');
  const [fault, setFault] = useState<string>();
  /** What was seen, so that only what is new is told. */
  const seen = useRef<Set<string>>(undefined);
  const first = boardColumns[role][0];

  useEffect(() => {
    const all = (list: readonly Order[]) => setOrders(new Map(list.map((order) => [order.id, order])));
    return follow({
      path: '/api/board/events',
      onState: setLive,
      async askAgain() {
        const answered = await ask<{ readonly orders: readonly Order[] }>('GET', '/api/board');
        if (answered.kind === 'done') all(answered.value.orders);
        return answered.kind === 'done';
      },
      onEvent({ event, data }) {
        if (event === 'orders') all((data as { orders: readonly Order[] }).orders);
        if (event === 'order') setOrders((last = new Map()) => withOrder(last, data as Order));
        if (event === 'gone')
          setOrders((last = new Map()) => {
            const next = new Map(last);
            next.delete((data as { id: string }).id);
            return next;
          });
      },
    });
  }, []);

  useEffect(() => {
    if (orders === undefined) return;
    const now = [...orders.values()].filter(({ status }) => status === first);
    const fresh = now.filter(({ id }) => seen.current?.has(id) === false);
    if (fresh.length > 0)
      announce(
        fresh.length === 1 ? `New: order ${fresh[0]?.number}.` : `New: ${count(fresh.length, 'order')}.`,
      );
    seen.current ??= new Set();
    for (const { id } of now) seen.current.add(id);
  }, [orders, first]);

  const move = async (order: Order, to: Status) => {
    const body = { status: to, version: order.version };
    const answered = await ask<Order>('POST', `/api/orders/${order.id}/status`, { body });
    if (answered.kind === 'done') {
      setFault(undefined);
      setOrders((last = new Map()) => withOrder(last, answered.value));
      announce(`Order ${order.number}: ${statusWords[to]}.`);
      // Its card has gone elsewhere, and the button with it.
      requestAnimationFrame(() => focusOn(isOver(to) ? 'main h1' : `[data-order="${order.number}"] h3`));
      return;
    }
    setFault(
      answered.kind === 'away'
        ? `The shop does not answer: order ${order.number} stays where it is. Try again.`
        : `Order ${order.number} was moved by somebody else meanwhile.`,
    );
  };

  if (orders === undefined)
    return (
      <p className="waiting" role="status">
        {live === 'away' ? 'The shop does not answer; we keep trying.' : 'One moment…'}
      </p>
    );
  return (
    <>
      <LiveMark state={live} />
      {fault !== undefined && (
        <p className="fault box" role="alert">
          {fault}
        </p>
      )}
      <div className={`board of-${role}`}>
        {boardColumns[role].map((status) => {
          const here = [...orders.values()].filter((order) => order.status === status);
          return (
            <section
              key={status}
              className="column"
              aria-labelledby={`column-${status}`}
              data-column={status}
            >
              <h2 id={`column-${status}`}>
                {statusWords[status]} <span className="number">{here.length}</span>
              </h2>
              {here.length === 0 ? (
                <p className="quiet-text">Nothing here.</p>
              ) : (
                <ul>
                  {here.map((order) => (
                    <Card key={order.id} order={order} role={role} move={move} />
                  ))}
                </ul>
              )}
            </section>
          );
        })}
      </div>
    </>
  );
}

interface CardProps {
  readonly order: Order;
  readonly role: Exclude<Role, 'customer'>;
  readonly move: (order: Order, to: Status) => Promise<void>;
}

function Card({ order, role, move }: CardProps) {
  const [isBusy, setBusy] = useState(false);
  const nameOf = useNames();
  const { number, restaurant, items, note, address, placedAt, status } = order;
  const press = async (to: Status) => {
    if (isBusy) return;
    setBusy(true);
    await move(order, to);
    setBusy(false);
  };
  return (
    <li className="card" data-order={number}>
      <div className="row spread">
        <h3 tabIndex={-1}>No. {number}</h3>
        <Moment at={placedAt} />
      </div>
      {role !== 'kitchen' && <p className="quiet-text">{nameOf(restaurant)}</p>}
      <ul className="items">
        {items.map(({ dish, name, quantity }) => (
          <li key={dish}>
            <strong>{quantity} ×</strong> {name}
          </li>
        ))}
      </ul>
      {note !== '' && <p className="note">“{note}”</p>}
      {role !== 'kitchen' && address !== null && <p className="address">{address}</p>}
      <div className="row">
        {boardSteps[role]
          .filter(({ from }) => from === status)
          .map(({ to, word }) => (
            <button
              key={to}
              type="button"
              className={to === 'rejected' || to === 'cancelled' ? 'small quiet' : 'small'}
              onClick={() => void press(to)}
              aria-disabled={isBusy}
              aria-label={`${word}: order ${number}`}
            >
              {word}
            </button>
          ))}
      </div>
    </li>
  );
}
