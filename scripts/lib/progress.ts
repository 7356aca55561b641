export { type Progress, startProgress } from '@plumbline/validators';
