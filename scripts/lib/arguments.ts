export { readArguments } from '@plumbline/validators';
