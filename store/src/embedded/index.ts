export { type EmbeddedStore, openEmbeddedStore } from './store.ts';
