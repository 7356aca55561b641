export type { Facts } from './files.ts';
export { flowLabel, flowsRule, loadFlows } from './flows.ts';
export { findObject, writtenName } from './names.ts';
export { type BuiltImage, type Images, pinnedImages, readImages } from './pinned-images.ts';
export { podTemplate } from './pods.ts';
export { readers } from './readers.ts';
export { factsRule, judgeFact, loadFacts } from './rule.ts';
export { type Fact, readFacts, readFlows } from './table.ts';
