import { useEffect } from 'react';
import type { Restaurant } from '../shop/types.ts';
import { ask } from './session.ts';
import { createStore } from './store.ts';

const names = createStore<ReadonlyMap<string, string>>(new Map());
let underWay: Promise<void> | undefined;

/** Asks once for what restaurants are called; where that fails, the next page asks again. */
function load(): Promise<void> {
  underWay ??= ask<{ readonly restaurants: readonly Restaurant[] }>('GET', '/api/restaurants').then(
    (answered) => {
      if (answered.kind === 'done')
        names.set(new Map(answered.value.restaurants.map(({ slug, name }) => [slug, name])));
      else underWay = undefined;
    },
  );
  return underWay;
}

/** What the restaurant of a slug is called: the slug's own words until that is known. */
export function useNames(): (slug: string) => string {
  const known = names.use();
  useEffect(() => void load(), []);
  return (slug) => known.get(slug) ?? slug.split('-').map(capital).join(' ');
}

const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
