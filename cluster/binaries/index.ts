export { ensureDebianPackages, unpackDebianPackage } from './debian.ts';
export { type GoToolName, goTools } from './go-tools.ts';
export { locateGoTools } from './locate.ts';
