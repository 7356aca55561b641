export { type Address, clashes, readAddresses } from './addresses.ts';
export { type Cluster, ownsCluster } from './cluster/cluster.ts';
export {
  assumedCluster,
  guardCluster,
  guardForeignContext,
  guardProduction,
  type Permission,
} from './cluster/guard.ts';
export { createKindCluster, deleteKindCluster } from './cluster/kind-cluster.ts';
export { kindConfigFile, readKindConfig, wholeCluster } from './cluster/kind-config.ts';
export { debugPlan } from './debug/plan.ts';
export { deployPlan } from './deploy.ts';
export { destroyPlan } from './destroy.ts';
export { forwards } from './forward/plan.ts';
export { supervise } from './forward/supervise.ts';
export { type BuildableImage, buildableImages, builtOrTold, debugImage } from './images/built.ts';
export { asEngine, type Engine, engines } from './images/engine.ts';
export { type LocalBase, localBase } from './images/local-base.ts';
export { assumedEngine, pickEngine } from './images/pick-engine.ts';
export { pinImages, pinnedAlready } from './images/pin.ts';
export { buildSteps, containerEngine, loadSteps } from './images/plan.ts';
export { type PushedImage, pushSteps, registryOf } from './images/push.ts';
export { execute, type Narrator, StepFailed } from './plan/execute.ts';
export { printPlan } from './plan/print.ts';
export { runCommand } from './plan/run-command.ts';
export { commandLine } from './plan/shell.ts';
export { type Plan, seconds } from './plan/step.ts';
export { platformObjects } from './platform.ts';
export { entranceOf } from './reassign/entrance.ts';
export { looksOnly, reassignPlan } from './reassign/plan.ts';
export { resetPlan } from './reset.ts';
export { forgetFlink, type Restore, restorePlan } from './restore.ts';
export { savepointPlan } from './savepoint.ts';
export { startPlan, stopPlan } from './stop/plan.ts';
export { type Choice, choose, productionEnvironments } from './systems.ts';
export { waysIn } from './ways-in.ts';
