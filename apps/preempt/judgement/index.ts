export { type Band, bandsOf } from './band.ts';
export {
  alarmsPerMonth,
  type Limits,
  limitsFor,
  limitsOf,
  type Peaks,
  peaksOf,
} from './calibration.ts';
export { partsOfDay, seasonBefore } from './climate.ts';
export { type Before, type Event, type Severity, severityOf, type Told, tellEvents } from './events.ts';
export { type Explained, explain } from './explain.ts';
export { type Field, fieldOf } from './fields.ts';
export { day, hour, type Observation, thin } from './series.ts';
export { fitSeries, leastHistory, readAll, type SeriesModel, tailsOf } from './series-model.ts';
export { type Signal, signalNames } from './signals.ts';
export { usualLimits } from './usual-limits.ts';
export { type Judge, judgeAll, type Verdict } from './verdicts.ts';
