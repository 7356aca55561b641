'use client';

import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { follow, type LiveState } from '../client/live.ts';
import { useNames } from '../client/names.ts';
import { ask } from '../client/session.ts';
import type { Order } from '../shop/types.ts';
import { isOver, money, statusSentences, statusWords, way } from '../shop/words.ts';
import { announce } from './announcer.tsx';
import { LiveMark } from './live-mark.tsx';
import { Moment } from './moment.tsx';
import { NeedsSession } from './needs-session.tsx';

export function OrderView({ id }: { readonly id: string }) {
  return (
    <NeedsSession why="Log in to follow your order.">
      {(account) => <Followed key={account.id} id={id} />}
    </NeedsSession>
  );
}

function Followed({ id }: { readonly id: string }) {
  const [order, setOrder] = useState<Order>();
  const [isMissing, setMissing] = useState(false);
  const [live, setLive] = useState<LiveState>('connecting');
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const nameOf = useNames();
  const said = useRef<string>(undefined);
  const over = order !== undefined && isOver(order.status);

  useEffect(() => {
    const newer = (next: Order) =>
      setOrder((last) => (last !== undefined && last.version > next.version ? last : next));
    const askAgain = async () => {
      const answered = await ask<Order>('GET', `/api/orders/${id}`);
      if (answered.kind === 'done') newer(answered.value);
      if (answered.kind === 'refused' && [400, 404].includes(answered.problem.status)) setMissing(true);
      return answered.kind !== 'away';
    };
    if (isMissing || over) return;
    void askAgain();
    return follow({
      path: `/api/orders/${id}/events`,
      onState: setLive,
      askAgain,
      onEvent({ event, data }) {
        if (event === 'order') newer(data as Order);
        if (event === 'orders')
          for (const one of (data as { orders: readonly Order[] }).orders) if (one.id === id) newer(one);
      },
    });
  }, [id, isMissing, over]);

  useEffect(() => {
    if (order === undefined) return;
    // The first time it stands on the page that was just opened.
    if (said.current !== undefined && said.current !== order.status)
      announce(`${statusWords[order.status]}. ${statusSentences[order.status]}`);
    said.current = order.status;
  }, [order]);

  if (isMissing)
    return (
      <div className="panel">
        <p>There is no such order, or it is not yours.</p>
        <Link className="button" prefetch={false} href="/orders">
          To your orders
        </Link>
      </div>
    );
  if (order === undefined)
    return (
      <p className="waiting" role="status">
        {live === 'away' ? 'The shop does not answer; we keep trying.' : 'One moment…'}
      </p>
    );
  const cancel = async () => {
    if (isBusy) return;
    setBusy(true);
    const body = { status: 'cancelled', version: order.version };
    const answered = await ask<Order>('POST', `/api/orders/${id}/status`, { body });
    setBusy(false);
    if (answered.kind === 'done') setOrder(answered.value);
    setFault(
      answered.kind === 'done'
        ? undefined
        : answered.kind === 'away'
          ? 'The shop does not answer. Try again.'
          : 'It is too late: the restaurant has taken your order.',
    );
  };
  const reached = way.indexOf(order.status);
  return (
    <>
      <section className="panel" aria-labelledby="where">
        <div className="row spread">
          <h2 id="where" data-status={order.status}>
            {statusWords[order.status]}
          </h2>
          {!over && <LiveMark state={live} />}
        </div>
        <p className="lead">{statusSentences[order.status]}</p>
        {reached >= 0 && (
          <ol className="way">
            {way.map((step, index) => (
              <li
                key={step}
                className={index < reached ? 'done' : index === reached ? 'now' : 'later'}
                aria-current={index === reached ? 'step' : undefined}
              >
                {statusWords[step]}
                {index < reached && <span className="for-ears">, done</span>}
              </li>
            ))}
          </ol>
        )}
        {fault !== undefined && (
          <p className="fault box" role="alert">
            {fault}
          </p>
        )}
        {order.status === 'placed' && (
          <button type="button" className="quiet" onClick={cancel} aria-disabled={isBusy}>
            Cancel the order
          </button>
        )}
      </section>
      <section className="panel" aria-labelledby="what">
        <h2 id="what">What you ordered</h2>
        <p className="quiet-text">
          No. {order.number}, from {nameOf(order.restaurant)}, <Moment at={order.placedAt} />
        </p>
        <ul className="lines">
          {order.items.map(({ dish, name, quantity, priceCents }) => (
            <li key={dish}>
              <strong>
                {quantity} × {name}
              </strong>
              <span className="price">{money(priceCents * quantity)}</span>
            </li>
          ))}
        </ul>
        <p className="total">
          <span>Total</span> <strong>{money(order.totalCents)}</strong>
        </p>
        {order.address !== null && (
          <>
            <h3>Where it goes</h3>
            <p className="address">{order.address}</p>
          </>
        )}
        {order.note !== '' && (
          <>
            <h3>Your note</h3>
            <p>{order.note}</p>
          </>
        )}
      </section>
    </>
  );
}
