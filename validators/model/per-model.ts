import { oncePer } from '../once-per.ts';
import type { Model } from './model.ts';

/** A reader that reads each target once, for the many that ask. */
export const perModel: <Answer>(read: (model: Model) => Answer) => (model: Model) => Answer = oncePer;
