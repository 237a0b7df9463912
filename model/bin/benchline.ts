#!/usr/bin/env node
import { enableCompileCache, flushCompileCache } from 'node:module';
import { shapeMemory } from './memory.ts';

shapeMemory();
// Commands load their packages after this line; from the second start on they are compiled already.
enableCompileCache();
// A service that is killed writes nothing down any more.
setTimeout(flushCompileCache, 5000).unref();

const { run } = await import('../src/cli/run.ts');
process.exitCode = await run(process.argv.slice(2));
