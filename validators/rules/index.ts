export { rules } from './all.ts';
export { contextOf } from './context.ts';
export { type Judgement, judge } from './judge.ts';
export type { Context, Family, Problem, Rule } from './rule.ts';
