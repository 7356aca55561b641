/** An element of a list, by the fields that tell it from the others: names, with dots for those that lie deeper. */
export type Item = Readonly<Record<string, string | number | boolean>>;

/** A field's name, an element's place from 0, or an element by what tells it from the others. */
export type Step = string | number | Item;

export type Path = readonly Step[];

/** As a person reads it: `spec.containers[name=kafka].args[3]`, `data["server.properties"]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (typeof step === 'object')
        return `[${Object.entries(step)
          .map(([key, value]) => `${key}=${value}`)
          .join(',')}]`;
      if (!/^[\w-]+$/.test(step)) return `["${step}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** True where an element has what the step asks for. */
export function fits(element: unknown, item: Item): boolean {
  if (typeof element !== 'object' || element === null) return false;
  return Object.entries(item).every(([key, value]) => fieldOf(element, key) === value);
}

/** What an element has in a field, `name` or `metadata.name`. */
export function fieldOf(element: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | null | undefined)?.[step], element);
}
