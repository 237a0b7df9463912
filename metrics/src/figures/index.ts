export { Figures } from './figures.ts';
export { scopesOf } from './scopes.ts';
