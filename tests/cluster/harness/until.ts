export { until } from '../../../cluster/inside/until.ts';
