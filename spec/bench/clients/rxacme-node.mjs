/** rxacme with what rxacme/node has for Node: its transport, and node:crypto. */
import { createPrivateKey } from 'node:crypto';
import { nodePorts, nodeSigner } from 'rxacme/node';
import { run as runRxacme } from './rxacme.mjs';

export const run = (job) =>
  runRxacme(job, nodePorts(), () => nodeSigner(createPrivateKey({ key: job.jwk, format: 'jwk' })));
