export { createDecoder, type Decoded, type Decoder } from './decoder.ts';
export { encoder } from './encoder.ts';
export { RegistryError } from './errors.ts';
export { connectRegistry, type Registry, type RegistryOptions } from './registry.ts';
export { framer, unframe } from './wire.ts';
