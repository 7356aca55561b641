/** What the browser keeps, where it keeps anything: private windows and full disks throw. */
export function keptIn(which: 'localStorage' | 'sessionStorage') {
  return {
    read<Value>(name: string): Value | undefined {
      try {
        return (JSON.parse(window[which].getItem(name) ?? 'null') as Value | null) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(name: string, value: unknown): void {
      try {
        if (value === undefined) window[which].removeItem(name);
        else window[which].setItem(name, JSON.stringify(value));
      } catch {
        // Then it is forgotten with the page.
      }
    },
  };
}

/** Of all pages, for ever. */
export const forGood = keptIn('localStorage');
/** Of this tab: a reload keeps it. */
export const forThisTab = keptIn('sessionStorage');
