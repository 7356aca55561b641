/** Rules whose page and fixtures are still to be written: no rule may be added here, and each that has them must go. */
export const toCome: readonly string[] = ['not-offered'];
