/** What a registry answered that is no success, or that it did not answer. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  /** Of HTTP; undefined when nothing was answered. */
  readonly status: number | undefined;
  /** Of Confluent's API: 40401 no such subject, 40403 no such schema, 409 not compatible. */
  readonly code: number | undefined;

  constructor(message: string, status?: number, code?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }

  /** True when trying again may help: it did not answer, is busy, or failed by itself. */
  get isAway(): boolean {
    return this.status === undefined || this.status === 429 || this.status >= 500;
  }
}
