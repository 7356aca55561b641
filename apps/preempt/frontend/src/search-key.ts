import { html } from './element.ts';

const key = 'search-key';

/**
 * `/` leads to the search, but not while something is typed or chosen, and only for as long as the reader wants it: who
 * speaks to the machine types letters without meaning to (WCAG 2.1.4).
 */
export function addSearchKey(parent: HTMLElement, input: HTMLElement): void {
  const wanted = html('input', { type: 'checkbox', id: 'search-key', checked: read() !== 'off' });
  parent.append(html('label', {}, wanted, ' The key ', html('kbd', {}, '/'), ' leads to the search'));
  wanted.addEventListener('change', () => write(wanted.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !wanted.checked) return;
    if (
      event.target instanceof HTMLElement &&
      event.target.matches('input:not([type=radio], [type=checkbox]), select')
    )
      return;
    event.preventDefault();
    input.focus();
  });
}

// A browser may forbid to keep anything; then it holds for this visit.
function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
