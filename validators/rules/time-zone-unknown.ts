import { didYouMean } from '../text/nearest.ts';
import { remember } from '../text/remember.ts';
import type { Rule } from './rule.ts';

/** Zones of the tz database beyond those that the runtime lists: without a region, and the usual ones of none. */
const plain = new Set(
  (
    'UTC GMT UCT Zulu Universal Greenwich GMT0 GMT+0 GMT-0 EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT CET EET MET WET Cuba ' +
    'Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ NZ-CHAT Navajo PRC Poland ' +
    'Portugal ROC ROK Singapore Turkey W-SU Etc/UTC Etc/GMT'
  ).split(' '),
);
const listed = Intl.supportedValuesOf('timeZone');
const spellings = new Map([...listed, ...plain].map((zone) => [zone.toLowerCase(), zone]));

/**
 * True for a zone that Go's time package finds: by its exact spelling, which the runtime here is lenient about.
 * Aliases (`US/Eastern`) are not listed, so these are told by their form.
 */
const isZone = remember(knowsZone, (zone) => zone);

function knowsZone(zone: string): boolean {
  const spelling = spellings.get(zone.toLowerCase());
  if (spelling !== undefined) return spelling === zone;
  if (!zone.includes('/') || !zone.split('/').every((part) => /^[A-Z]/.test(part))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A CronJob's time zone is none that there is. */
export const timeZoneUnknown: Rule = {
  id: 'time-zone-unknown',
  severity: 'error',
  family: 'jobs',
  title: "a CronJob's time zone does not exist",
  *check({ model }) {
    for (const { object } of model.workloads) {
      const { timeZone } = (object.spec ?? {}) as { timeZone?: string | null };
      if (object.kind !== 'CronJob' || timeZone === undefined || timeZone === null || isZone(timeZone))
        continue;
      yield {
        object,
        path: 'spec.timeZone',
        message: `there is no time zone ${timeZone}${didYouMean(timeZone, [...listed, ...plain])}: the API server would refuse it`,
      };
    }
  },
};
