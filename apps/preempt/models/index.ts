export { format, type Header, type LocationModels, lineOf, modelDays } from './format.ts';
export { type Models, type ReadOptions, readModels } from './read.ts';
export { publish, tidy, versionsIn } from './write.ts';
