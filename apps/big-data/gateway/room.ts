/** So much may be held at a time. */
export interface Room {
  /** Takes some of it. @returns what gives it back, or undefined when it is not there */
  readonly take: (amount: number) => (() => void) | undefined;
  readonly taken: () => number;
}

/** Room of a size; what is given back twice is given back once. */
export function createRoom(size: number): Room {
  let taken = 0;
  return {
    taken: () => taken,
    take(amount) {
      if (taken + amount > size) return undefined;
      taken += amount;
      let held = true;
      return () => {
        if (held) taken -= amount;
        held = false;
      };
    },
  };
}
