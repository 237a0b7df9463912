/** `node model/bin/with-node.js PROGRAM [ARGS]`: runs a program under the Node that Benchline needs. */
import { runUnderOwnNode } from './own-node.js';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: node model/bin/with-node.js PROGRAM [ARGS]');
runUnderOwnNode(program, args);
