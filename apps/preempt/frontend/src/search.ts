import { say } from './announce.ts';
import { type Location, searchLocations } from './api.ts';
import { html } from './element.ts';
import { sign } from './severity.ts';
import { countryName, countText } from './words.ts';

/** Between the last key and the question, milliseconds. */
const rest = 120;

/** A field that suggests locations, by the pattern "combobox with list" of the ARIA practices. */
export function createSearch(parent: HTMLElement, open: (id: number) => void): void {
  const input = html('input', {
    type: 'search',
    id: 'search-input',
    role: 'combobox',
    placeholder: 'Search a place',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': 'Search a place',
    'aria-expanded': 'false',
    'aria-controls': 'suggestions',
    'aria-autocomplete': 'list',
  });
  const list = html('ul', { id: 'suggestions', role: 'listbox', 'aria-label': 'Places', hidden: true });
  parent.append(input, list);
  let found: readonly Location[] = [];
  let active = -1;
  let controller: AbortController | undefined;
  let timer = 0;
  /** Stops what is due or under way: its answer is of a text that is no more. */
  const forget = () => {
    clearTimeout(timer);
    controller?.abort();
    controller = undefined;
    found = [];
    active = -1;
  };
  const close = () => {
    forget();
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (place: Location | undefined) => {
    if (place === undefined) return;
    input.value = '';
    close();
    open(place.id);
  };
  /** Opens what is marked, or the first; where the answer to what stands there is still out, it is waited for. */
  const enter = async () => {
    if (found.length === 0) await ask();
    choose(found[Math.max(0, active)]);
  };
  /** Shows which one is active, if any. */
  const mark = () => {
    for (const [at, item] of [...list.children].entries())
      item.setAttribute('aria-selected', String(at === active));
    if (active < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  };
  const activate = (index: number) => {
    if (found.length === 0) return;
    active = (index + found.length) % found.length;
    mark();
    list.children[active]?.scrollIntoView({ block: 'nearest' });
  };
  const show = (message: string | undefined) => {
    active = -1;
    input.removeAttribute('aria-activedescendant');
    const items = found.map((place, index) => {
      const item = html(
        'li',
        { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' },
        html('span', {}, html('strong', {}, place.name), ` ${countryName(place.country)}`),
        place.severity === null ? undefined : sign(place.severity),
      );
      // Before the field loses the focus, which closes the list.
      item.addEventListener('pointerdown', (event) => event.preventDefault());
      item.addEventListener('click', () => choose(place));
      return item;
    });
    list.replaceChildren(
      ...(message === undefined
        ? items
        : [
            html(
              'li',
              { class: 'quiet', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' },
              message,
            ),
          ]),
    );
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    say(message ?? `${countText(found.length, 'place')} found`);
  };
  const ask = async () => {
    forget();
    const q = input.value.trim();
    if (q === '') return close();
    controller = new AbortController();
    const { signal } = controller;
    try {
      const places = await searchLocations(q, signal);
      if (signal.aborted) return;
      found = places;
      show(found.length === 0 ? `No place begins with “${q}”` : undefined);
    } catch (error) {
      if (!signal.aborted) show((error as Error).message);
    }
  };
  input.addEventListener('input', () => {
    forget();
    mark();
    timer = window.setTimeout(() => void ask(), rest);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') {
      if (list.hidden) void ask();
      else activate(active + 1);
    } else if (event.key === 'ArrowUp') activate(active - 1);
    else if (event.key === 'Enter') void enter();
    else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      close();
    } else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
}
