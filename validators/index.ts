export { noStore, openStore, type Store } from './cache/store.ts';
export { type CheckedTarget, type CheckOptions, check } from './check.ts';
export { checkEvery, checkPath } from './check-path.ts';
export { asForeign, type CheckStreamOptions, checkStreams, type RenderedStream } from './check-stream.ts';
export { codeVersion } from './code-version.ts';
export { readArguments } from './command/arguments.ts';
export { checkCommand, type OwnOptions, type Surroundings } from './command/check.ts';
export { main } from './command/main.ts';
export { type Progress, startProgress } from './command/progress.ts';
export { compareChecks, type Difference } from './diff/difference.ts';
export { differenceReports } from './diff/reports.ts';
export { isWrong } from './diff/text-report.ts';
export { allowance, capacity, type Environment, readEnvironment } from './environment/environment.ts';
export { describeResource, type Finding, type ResourceName, type Severity, type Source } from './finding.ts';
export { type Deliveries, deliver } from './gitops/deliver.ts';
export { type Flow, type Flows, inferFlows } from './graph/flows.ts';
export { htmlPage } from './graph/html.ts';
export { mermaid } from './graph/mermaid.ts';
export { type Topology, topologyOf } from './graph/topology.ts';
export { readTree, type Tree } from './kustomization/tree.ts';
export { allRead, type Mistake, MistakenFiles, mistakenFile } from './mistaken-files.ts';
export { buildModel, type Model } from './model/model.ts';
export type { Workload } from './model/workload.ts';
export { pooled } from './process/pool.ts';
export { type Finished, run } from './process/run.ts';
export { readInputs } from './render/inputs.ts';
export { findKustomizations, tops } from './render/kustomizations.ts';
export { build } from './render/kustomize.ts';
export {
  type KubernetesObject,
  nameOf,
  type RenderedObject,
  readRendered,
  splitDocuments,
} from './render/objects.ts';
export { readStream, type Stream, type StreamObject } from './render/stream.ts';
export { findGitOps, findTargets, gitOpsFolder, selectTargets, type Target } from './render/targets.ts';
export { parseYaml } from './render/yaml.ts';
export { type Format, formatReport, formats } from './reports/format.ts';
export { plainReport } from './reports/plain.ts';
export {
  countFindings,
  type Report,
  type ReportedFlow,
  type ReportedTarget,
  reportOf,
  reportOfMistakes,
} from './reports/report.ts';
export { table } from './reports/table.ts';
export { textReport } from './reports/text.ts';
export { type Asks, addUp } from './room/asks.ts';
export { formatBytes, formatCores, parseQuantity } from './room/quantity.ts';
export {
  type Context,
  contextOf,
  type Family,
  judge,
  type Problem,
  type Rule,
  rules,
} from './rules/index.ts';
export { schemaLocation } from './schemas/index.ts';
export { newSeen, type Seen } from './seen.ts';
export { didYouMean, nearest } from './text/nearest.ts';
export { locateTools, type Tools } from './tools/locate.ts';
export { topologyOfTarget } from './topology-of-target.ts';
export { UsageError } from './usage-error.ts';
