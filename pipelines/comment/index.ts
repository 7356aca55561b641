export { HostError } from './ask.ts';
export type { Note, Thread } from './note.ts';
export { postOnce } from './post-once.ts';
export { threadOf } from './thread-of.ts';
