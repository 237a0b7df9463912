#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { recentEnough, runUnderOwnNode } from './own-node.js';

if (recentEnough) await import('./benchline.ts');
else
  runUnderOwnNode('node', [
    fileURLToPath(new URL('./benchline.ts', import.meta.url)),
    ...process.argv.slice(2),
  ]);
