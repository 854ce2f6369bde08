import { EMPTY, from, ignoreElements, mergeMap, type Subscription } from 'rxjs';
import { onTestFinished } from 'vitest';
import { type DevCa, type DevCaOptions, startDevCa } from '../../../lib/dev-ca/index.js';
import { type AcmeTransport, dns01 } from '../../../lib/index.js';
import { http01Server, nodeTransport } from '../../../lib/node/index.js';
import { dnsResponder } from '../../dev-ca/support/dns-responder.js';
import { freePort } from '../../support/free-port.js';
import type { Ground, Ran } from '../environment.js';
import type { Flow } from '../flows.js';
import { externalAccounts } from './external-account.js';
import { overHttps } from './over-https.js';

const grounds: Readonly<Record<Ground, DevCaOptions>> = {
  usual: {},
  'names refused': { refusedNames: ['refused.test'] },
  'half of the nonces refused': { badNonceRate: 0.5 },
  'authorizations reused': { reuseAuthorizations: true },
  'external accounts required': { externalAccounts },
};

const names = { refused: ['refused.test', 'www.refused.test'], unreachable: 'unreachable.test' };

/** Runs a flow against a development CA of its own, which validates over the loopback. For use inside of a spec. */
export async function onDevCa(flow: Flow): Promise<Ran> {
  const httpPort = await freePort();
  const { server, zone } = await dnsResponder();
  const options: DevCaOptions = {
    httpPort,
    dnsServers: [server],
    hosts: { '*': '127.0.0.1', [names.unreachable]: '127.0.0.9' },
    termsOfService: 'https://ca.test/terms',
    alternateRoots: 1,
    ...grounds[flow.ground],
  };
  let running: Subscription | undefined;
  onTestFinished(() => running?.unsubscribe());
  const start = (port = 0): Promise<DevCa> =>
    new Promise((resolve, reject) => {
      running?.unsubscribe();
      running = startDevCa({ ...options, port }).subscribe({ next: resolve, error: reject });
    });

  const devCa = await start();
  let reach = nodeTransport({ ca: devCa.rootPem });
  const transport: AcmeTransport = Object.assign((...[request]: Parameters<AcmeTransport>) => reach(request), {
    close: () => reach.close?.(),
  });
  const values = (name: string): readonly string[] => (zone.get(name) as { txt: string[] } | undefined)?.txt ?? [];
  const set = (name: string, txt: readonly string[]): readonly unknown[] => {
    if (txt.length === 0) zone.delete(name);
    else zone.set(name, { txt });
    return [];
  };
  return overHttps(flow, {
    directoryUrl: devCa.directoryUrl,
    transport,
    names,
    solvers: {
      http01: http01Server({ port: httpPort, host: '127.0.0.1' }),
      dns01: dns01({
        add: ({ name, value }) => set(name, [...values(name), value]),
        remove: ({ name, value }) =>
          set(
            name,
            values(name).filter((each) => each !== value),
          ),
      }),
    },
    control: {
      // Started again at the same place: what it knew is gone, and it has another root.
      forgetNonces: () =>
        from([devCa.port]).pipe(
          mergeMap(start),
          mergeMap(({ rootPem }) => {
            reach.close?.();
            reach = nodeTransport({ ca: rootPem });
            return EMPTY;
          }),
          ignoreElements(),
        ),
    },
  });
}
