#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { run } from '../src/cli/run.ts';

// Commands load their packages after this line; from the second start on they are compiled already.
enableCompileCache();

process.exitCode = await run(process.argv.slice(2));
