/** What the pages of the browser specs talk to: real servers of this machine, started once for all of them. */
import fetch from 'cross-fetch';
import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { acmeRelay } from '../../../samples/relay/relay.js';
import { type DevCa, startDevCa, type DevCaOptions } from '../../../lib/dev-ca/index.js';
import { type FetchLike, fetchTransport } from '../../../lib/index.js';
import { fakeCa } from '../../../lib/testing/index.js';
import { authority } from './authority.js';
import { backEnd, serveBackEnd } from './back-end.js';
import { loopback } from './loopback.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The directory of a development CA that takes every answer to a challenge for right. */
    directoryUrl: string;
    /** The directory of one that looks, and finds what the back end of the pages presents. */
    validatingDirectoryUrl: string;
    /** Origins of authorities, by the headers that they expose. */
    authorities: Record<string, string>;
    /** Where `loopback` listens. */
    loopback: string;
  }
}

const exposures = [
  'replay-nonce,location,link',
  'replay-nonce,location',
  'replay-nonce,link',
  'location,link',
  'link',
  'none',
];

export default async function setUp({ provide }: TestProject): Promise<() => void> {
  const stops: (() => void)[] = [];
  const listening = (handler: RequestListener) =>
    new Promise<string>((resolve) => {
      const server = createServer(handler).listen(0, '127.0.0.1', () => {
        resolve(`http://localhost:${(server.address() as AddressInfo).port}`);
      });
      stops.push(() => {
        server.close();
        server.closeAllConnections();
      });
    });
  const started = (options: DevCaOptions) =>
    new Promise<DevCa>((resolve, reject) => {
      const running = startDevCa(options).subscribe({ next: resolve, error: reject });
      stops.push(() => running.unsubscribe());
    });

  provide('loopback', await listening(loopback()));
  provide('directoryUrl', (await started({ alwaysValid: true })).directoryUrl);

  const authorities: Record<string, string> = {};
  for (const exposed of exposures) {
    // What it is reached at stands in its URLs, so it listens before there is a CA behind it.
    let answer: RequestListener = () => undefined;
    const origin = await listening((request, response) => answer(request, response));
    answer = authority(fakeCa({ origin, roots: ['Root A', 'Root B'] }).transport, () => origin, exposed);
    authorities[exposed] = origin;
  }
  provide('authorities', authorities);

  // In this process the imports are those of pages, where `fetch` has no agents.
  const agent = new Agent({ keepAlive: true });
  const transport = fetchTransport({
    fetch: fetch as unknown as FetchLike,
    init: { agent: ({ protocol }: URL) => (protocol === 'https:' ? agent : undefined) },
  });
  const { handler, challenges } = backEnd(acmeRelay(Object.values(authorities), transport));
  serveBackEnd(handler);
  const httpPort = Number(new URL(await listening(challenges)).port);
  provide('validatingDirectoryUrl', (await started({ httpPort, hosts: { '*': '127.0.0.1' } })).directoryUrl);
  return () => stops.forEach((stop) => stop());
}
