export { main } from '@plumbline/validators';
