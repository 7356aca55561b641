'use client';

import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { countOf, useCart } from '../client/cart.ts';
import { logOut, useSession } from '../client/session.ts';
import { count } from '../shop/words.ts';
import { announce } from './announcer.tsx';

export function Navigation() {
  const path = usePathname();
  const router = useRouter();
  const session = useSession();
  const dishes = countOf(useCart());
  const [isLeaving, setLeaving] = useState(false);
  const to = (href: string, children: React.ReactNode) => (
    <Link href={href} prefetch={false} aria-current={path === href ? 'page' : undefined}>
      {children}
    </Link>
  );
  const leave = async () => {
    setLeaving(true);
    const isDone = await logOut();
    setLeaving(false);
    announce(isDone ? 'You are logged out.' : 'The shop does not answer: you are still logged in.');
    if (isDone) router.push('/');
  };
  const isStaff = session.kind === 'signed-in' && session.account.role !== 'customer';
  return (
    <nav aria-label="Main">
      <ul>
        {isStaff && <li>{to('/board', 'Board')}</li>}
        {session.kind === 'signed-in' && <li>{to('/orders', 'Orders')}</li>}
        <li>
          {to(
            '/cart',
            <>
              Cart
              <span className={dishes === 0 ? 'bubble none' : 'bubble'} aria-hidden="true">
                {dishes}
              </span>
              <span className="for-ears">
                {dishes === 0 ? ', empty' : `, ${count(dishes, 'dish', 'dishes')}`}
              </span>
            </>,
          )}
        </li>
        <li className="account">
          {session.kind === 'signed-in' ? (
            <button type="button" className="plain" onClick={leave} disabled={isLeaving}>
              Log out
            </button>
          ) : (
            to('/log-in', 'Log in')
          )}
        </li>
      </ul>
    </nav>
  );
}
