import { defer, ignoreElements } from 'rxjs';
import { nodeTransport } from '../../../lib/node/index.js';
import { dns01In, http01In } from '../../servers/support/zone.js';
import type { Pebble } from '../../support/pebble.js';
import type { PebbleOptions } from '../../support/pebble-options.js';
import type { Ground, Ran } from '../environment.js';
import type { Flow } from '../flows.js';
import { externalAccounts } from './external-account.js';
import { overHttps } from './over-https.js';

const names = { refused: ['refused.test', 'www.refused.test'], unreachable: 'unreachable.test' };

const usual = (env: Readonly<Record<string, string>> = {}): PebbleOptions => ({
  blocklist: names.refused,
  hosts: { [names.unreachable]: '127.0.0.9' },
  env: { PEBBLE_ALTERNATE_ROOTS: '1', ...env },
});

/** The Pebbles that are needed, and which grounds each one is. It offers what an identifier allows, always. */
export const pebbles: readonly { readonly options: PebbleOptions; readonly grounds: readonly Ground[] }[] = [
  { options: usual(), grounds: ['usual', 'names refused'] },
  { options: usual({ PEBBLE_WFE_NONCEREJECT: '50' }), grounds: ['half of the nonces refused'] },
  { options: usual({ PEBBLE_AUTHZREUSE: '100' }), grounds: ['authorizations reused'] },
  {
    options: { ...usual(), externalAccountBinding: { macKeys: externalAccounts } },
    grounds: ['external accounts required'],
  },
];

/** Runs a flow against a Pebble. */
export const onPebble = (pebble: Pebble, flow: Flow): Promise<Ran> =>
  overHttps(flow, {
    directoryUrl: pebble.directoryUrl,
    transport: nodeTransport({ ca: pebble.caPem }),
    names,
    solvers: { http01: http01In(pebble), dns01: dns01In(pebble) },
    control: { forgetNonces: () => defer(() => pebble.restart()).pipe(ignoreElements()) },
  });
