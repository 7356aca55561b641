import type { Operator } from '../mutant.ts';
import { alerts } from './alerts.ts';
import { apiServer } from './api-server.ts';
import { dataSystems } from './data-systems.ts';
import { flows } from './flows.ts';
import { gitops } from './gitops.ts';
import { jobs } from './jobs.ts';
import { probes } from './probes.ts';
import { references } from './references.ts';
import { refusals } from './refusals.ts';
import { room } from './room.ts';
import { scaling } from './scaling.ts';
import { security } from './security.ts';
import { services } from './services.ts';

/** Every kind of defect, by family. */
export const operators: readonly Operator[] = [
  ...references,
  ...services,
  ...flows,
  ...probes,
  ...scaling,
  ...room,
  ...security,
  ...jobs,
  ...dataSystems,
  ...alerts,
  ...apiServer,
  ...refusals,
  ...gitops,
];
