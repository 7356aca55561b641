import { proveOverlays } from './harness/overlays.ts';

proveOverlays('docker-desktop');
