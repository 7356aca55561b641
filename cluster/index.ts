export { type GoToolName, goTools, locateGoTools } from './binaries/index.ts';
export { heldBy } from './box/start.ts';
export { clusterFolder, clusterNames, runningClusters, sharedKubeconfig } from './clusters.ts';
export { nc } from './images/busybox.ts';
export { type ImageConfig, writeDockerArchive } from './images/docker-archive.ts';
export {
  endLocalCluster,
  findLocalCluster,
  insideCluster,
  type LocalCluster,
  startLocalCluster,
} from './local-cluster.ts';
export { down, environmentOf, portsOfKindConfig, stop, up } from './named.ts';
export { gatherParts, type Parts, proofTools } from './parts.ts';
export { seldomCollecting } from './seldom-collecting.ts';
export { type EmptyNode, filesOf, type StorageClass, standardClass } from './spec.ts';
