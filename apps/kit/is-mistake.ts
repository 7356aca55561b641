/** Whether an error is a mistake of this program, which trying again does not mend, and no word of a driver or the network. */
export function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
