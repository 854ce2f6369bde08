import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { type Sample, serveSample } from '../../samples/angular/server/serve.js';
import { repoRoot } from '../support/repo-root.js';

const folder = join(repoRoot, 'samples', 'angular', 'src');

const started = (): Promise<Sample> =>
  new Promise((resolve, reject) => {
    const running = serveSample({ folder, authorities: () => [] }).subscribe({ next: resolve, error: reject });
    onTestFinished(() => running.unsubscribe());
  });

/** The status that is answered to a request line; nothing of it is put right on the way. */
async function statusOf({ url }: Sample, line: string): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(`${line}\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
}

it('the server of the Angular sample outlives any request line', async () => {
  const sample = await started();
  const answers: Readonly<Record<string, number>> = {
    'GET // HTTP/1.1': 400,
    'GET //? HTTP/1.1': 400,
    'GET ///x HTTP/1.1': 400,
    'GET //[ HTTP/1.1': 400,
    'OPTIONS * HTTP/1.1': 400,
    'GET http:// HTTP/1.1': 400,
    'GET http://[/ HTTP/1.1': 400,
    'GET ? HTTP/1.1': 400,
    'GET /% HTTP/1.1': 404,
    'GET /%00.js HTTP/1.1': 404,
    'GET /..%2fpackage.json HTTP/1.1': 200,
    'GET /../server/main.ts HTTP/1.1': 200,
    'GET /?% HTTP/1.1': 200,
    'GET /constructor HTTP/1.1': 200,
    'GET /acme-relay?url=% HTTP/1.1': 403,
    'GET /acme-relay?url=http://[ HTTP/1.1': 403,
    'GET /solver HTTP/1.1': 415,
    [`GET /${'x'.repeat(10_000)} HTTP/1.1`]: 200,
    [`GET /${'x'.repeat(100_000)} HTTP/1.1`]: 431,
    'nothing of the kind': 400,
  };
  const told: Record<string, number> = {};
  for (const line of Object.keys(answers)) told[line] = await statusOf(sample, line);
  expect(told).toEqual(answers);
  expect(await (await fetch(sample.url)).text()).toContain('<app-root>');
  // A path that is no file gets the application's page, never a file from beside it.
  expect(await (await fetch(`${sample.url}..%2fpackage.json`)).text()).toContain('<app-root>');
});
