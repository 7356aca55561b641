'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { startCart } from '../client/cart.ts';
import { startSession } from '../client/session.ts';

/** What a page begins once it lives: who is signed in, what is in the cart, and the reader at the head of a new page. */
export function Life() {
  const path = usePathname();
  const last = useRef(path);
  useEffect(() => {
    const ends = [startCart(), startSession()];
    document.documentElement.dataset.alive = '';
    return () => {
      for (const end of ends) end();
    };
  }, []);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    focusOn('main h1');
  }, [path]);
  return null;
}

/** Takes the reader there, without a stop for the tab key. */
export function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) return;
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus();
}
