export { commonKinds } from './common-kinds.ts';
export { addDocs, type DocsOptions } from './docs.ts';
export { type Client, type Clients, createClients, type Message, messageText } from './event-clients.ts';
export { HttpProblem, type Kind, type ProblemOptions, type Problems, problemDocuments } from './problems.ts';
export { type SchemaFaults, schemaFaults } from './schema-faults.ts';
