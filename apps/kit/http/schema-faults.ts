import type { FastifyError } from 'fastify';

/** What of a request is not as the route's schema has it. */
export interface SchemaFaults {
  /** All of it, in one line. */
  readonly detail: string;
  readonly errors: readonly { readonly parameter: string; readonly message: string }[];
}

/** The faults that an error of the framework's validation tells; undefined for every other error. */
export function schemaFaults({ validation, validationContext }: FastifyError): SchemaFaults | undefined {
  if (validation === undefined) return undefined;
  const errors = validation.map(({ instancePath, message, params }) => {
    const named = (params as { additionalProperty?: string; missingProperty?: string }) ?? {};
    const parameter = [instancePath.slice(1), named.additionalProperty ?? named.missingProperty]
      .filter((part) => part !== undefined && part !== '')
      .join('/');
    const known = named.additionalProperty === undefined ? (message ?? 'is not valid') : 'is unknown';
    return { parameter, message: known };
  });
  const listed = errors.map(({ parameter, message }) => `${parameter} ${message}`).join('; ');
  return { detail: `${validationContext ?? 'request'}: ${listed}`, errors };
}
