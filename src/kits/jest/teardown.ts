export { stopForAll as default } from './shared.ts';
