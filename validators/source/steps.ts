/** `spec.containers[0].image` as its steps; a key with dots stands in quotes of either kind. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\["([^"]+)"\]|\['([^']+)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, single, index, plain]) =>
      index === undefined ? (quoted ?? single ?? plain ?? '') : Number(index),
  );
}
