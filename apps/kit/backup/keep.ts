/** For how long backups are kept. */
export interface Keep {
  readonly days: number;
}

/** A backup as its name and time; only a good one can be restored. */
export interface Kept {
  readonly name: string;
  readonly at: Date;
  readonly good: boolean;
}

/** The longest that a run may take: what it has begun is not yet to be judged. */
const underWay = 6 * 3_600_000;

/**
 * Which backups may go: the good ones older than so many days but for the newest of these, and what failed long ago. That one
 * is what the days begin with: whatever else was kept in them finds a backup from before it. They are not counted, so that
 * one made by hand takes no other's place.
 */
export function doomed<One extends Kept>(all: readonly One[], { days }: Keep, now: Date): One[] {
  const sorted = [...all].sort((a, b) => b.at.getTime() - a.at.getTime());
  const age = ({ at }: Kept) => now.getTime() - at.getTime();
  const old = sorted.filter((one) => one.good && age(one) > days * 86_400_000).slice(1);
  return [...old, ...sorted.filter((one) => !one.good && age(one) > underWay)];
}

/** The name of a backup that begins now: it sorts by time, and is a name and a label to Kubernetes. */
export function nameOf(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(':', '-').toLowerCase().concat('z');
}

/** The time that a name says; undefined for what is no name of a backup. */
export function timeOf(name: string): Date | undefined {
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)t(\d\d)-(\d\d)-(\d\d)z$/.exec(name) ?? [];
  const time = new Date(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
