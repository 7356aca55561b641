import { proveOverlays } from './harness/overlays.ts';

proveOverlays('kind');
