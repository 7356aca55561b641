/** A record that is too long to be kept, on the way to its end. */
export interface OverLong {
  /** The line that it begins on. */
  readonly line: number;
  /** What it begins with. */
  readonly text: string;
  /** Line breaks that belong to it so far. */
  readonly breaks: () => number;
  /** Whether a quote of it has not been closed so far. */
  readonly open: () => boolean;
  /** Passes over what belongs to it, and keeps nothing of it: the place where to go on, with the next record when it `ended`. */
  readonly pass: (
    text: string,
    from: number,
    last: boolean,
  ) => { readonly at: number; readonly ended: boolean };
}

/** At the beginning of a field; in one without quotes; in one with; behind its closing quote; where quotes mean nothing. */
type Place = 'field' | 'bare' | 'quoted' | 'closed' | 'spoiled';

/**
 * Follows a record's quotes from its beginning to its end, so that no line inside them is taken for a record. Wrong
 * quotes mean that the record ends with its line.
 */
export function createOverLong(line: number, text: string): OverLong {
  let place: Place = 'field';
  let breaks = 0;
  const countBreaks = (text: string, from: number, to: number) => {
    for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
      breaks += 1;
  };
  const places: Readonly<Record<Exclude<Place, 'quoted'>, RegExp>> = {
    field: /[\s\S]/g,
    bare: /[,"\n]/g,
    closed: /[^\r]/g,
    spoiled: /\n/g,
  };
  const pass = (text: string, from: number, last: boolean) => {
    let at = from;
    while (at < text.length) {
      if (place === 'quoted') {
        const quote = text.indexOf('"', at);
        countBreaks(text, at, quote === -1 ? text.length : quote);
        if (quote === -1) break;
        // Whether it closes shows in what follows it.
        if (quote + 1 === text.length && !last) return { at: quote, ended: false };
        const doubled = text[quote + 1] === '"';
        if (!doubled) place = 'closed';
        at = quote + (doubled ? 2 : 1);
        continue;
      }
      const telling = places[place];
      telling.lastIndex = at;
      const found = telling.exec(text);
      if (found === null) break;
      at = found.index + 1;
      if (found[0] === '\n') {
        breaks += 1;
        return { at, ended: true };
      }
      if (found[0] === ',' && place !== 'spoiled') place = 'field';
      else if (found[0] === '"' && place === 'field') place = 'quoted';
      else place = place === 'field' ? 'bare' : 'spoiled';
    }
    return { at: text.length, ended: last };
  };
  return { line, text, breaks: () => breaks, open: () => place === 'quoted', pass };
}
