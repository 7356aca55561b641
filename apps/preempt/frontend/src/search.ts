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
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (index: number) => {
    const place = found[index];
    if (place === undefined) return;
    input.value = '';
    close();
    open(place.id);
  };
  const activate = (index: number) => {
    if (found.length === 0) return;
    active = (index + found.length) % found.length;
    for (const [at, item] of [...list.children].entries())
      item.setAttribute('aria-selected', String(at === active));
    input.setAttribute('aria-activedescendant', `suggestion-${active}`);
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
      item.addEventListener('click', () => choose(index));
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
    controller?.abort();
    const q = input.value.trim();
    if (q === '') return close();
    controller = new AbortController();
    const { signal } = controller;
    try {
      found = await searchLocations(q, signal);
      if (!signal.aborted) show(found.length === 0 ? `No place begins with “${q}”` : undefined);
    } catch (error) {
      if (signal.aborted) return;
      found = [];
      show((error as Error).message);
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), rest);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') {
      if (list.hidden) void ask();
      else activate(active + 1);
    } else if (event.key === 'ArrowUp') activate(active - 1);
    else if (event.key === 'Enter') choose(Math.max(0, active));
    else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      close();
    } else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
}
