/** rxacme with the transport of rxacme/node. */
import { nodeTransport } from 'rxacme/node';
import { run as runRxacme } from './rxacme.mjs';

export const run = (job) => runRxacme(job, nodeTransport());
