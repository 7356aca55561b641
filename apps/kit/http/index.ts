export { addDocs, type DocsOptions } from './docs.ts';
export { HttpProblem, type Kind, type ProblemOptions, type Problems, problemDocuments } from './problems.ts';
