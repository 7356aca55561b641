/** The standard deviation of normal values is so many times their median absolute deviation. */
export const normalFactor = 1.4826;

/** The value below which a share of the numbers lies, between neighbours by proportion. @throws Error for none. */
export function quantile(numbers: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new Error('there is no quantile of no numbers');
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (numbers: ArrayLike<number>): number => quantile(numbers, 0.5);

/** The median absolute deviation from a centre, as a standard deviation; 0 when half of the numbers are alike. */
export function deviation(numbers: ArrayLike<number>, centre = median(numbers)): number {
  return normalFactor * median(Float64Array.from(numbers, (number) => Math.abs(number - centre)));
}

/**
 * How far numbers spread, never less than `least`. Regular ones by their median deviation; others, of which most are
 * alike, by the standard deviation of all but the outermost hundredth at each end.
 */
export function scaleOf(numbers: ArrayLike<number>, regular: boolean, least: number): number {
  if (numbers.length === 0) return least;
  const robust = regular ? deviation(numbers) : 0;
  if (robust > least) return robust;
  const [low, high] = [quantile(numbers, 0.01), quantile(numbers, 0.99)];
  let [sum, squares] = [0, 0];
  for (let index = 0; index < numbers.length; index += 1) {
    const bounded = Math.min(high, Math.max(low, numbers[index] as number));
    sum += bounded;
    squares += bounded * bounded;
  }
  const mean = sum / numbers.length;
  return Math.max(least, Math.sqrt(Math.max(0, squares / numbers.length - mean * mean)));
}

/** A figure of few samples, drawn to that of all: as if `weight` samples more had the common figure. */
export function shrunk(own: number, samples: number, common: number, weight: number): number {
  return (own * samples + common * weight) / (samples + weight);
}
