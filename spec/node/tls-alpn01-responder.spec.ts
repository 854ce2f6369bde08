import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { of } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { responderSolver, TlsAlpnResponder } from '../../lib/node/tls-alpn01-responder.js';
import { alpnTask, faultOf, shown } from './tls-alpn.js';
import { done } from '../support/done.js';

async function world() {
  const responder = new TlsAlpnResponder();
  const others: Socket[] = [];
  const server = createServer((socket) => {
    responder.serve(socket, (other) => {
      others.push(other);
      other.on('error', () => undefined);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    others.forEach((each) => each.destroy());
    server.close();
  });
  const steps: string[] = [];
  const note = (step: string) => () => (steps.push(step), of()) as never;
  const solver = responderSolver(responder, {}, { opened: note('opened'), closed: note('closed') });
  return { responder, others, solver, steps, port: (server.address() as AddressInfo).port };
}

describe('TlsAlpnResponder', () => {
  it('hands on the very octets that came, of whatever it does not answer', async () => {
    const { others, port } = await world();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await expect.poll(() => others.length).toBe(1);
    const [other] = others as [Socket];
    const [chunk] = (await once(other, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('GET / HTTP/1.1\r\n\r\n');
    socket.destroy();
  });

  it('answers when the certificate is there, and not before', async () => {
    const { responder, solver, port } = await world();
    responder.add(alpnTask());
    expect(responder.isIdle).toBe(false);
    await done(solver.present(alpnTask()));
    expect(await faultOf(port, 'example.org', alpnTask())).toBeUndefined();
    responder.remove(alpnTask());
    expect(await faultOf(port, 'EXAMPLE.org', alpnTask())).toBeUndefined();
    await done(solver.cleanUp(alpnTask()));
    expect(responder.isIdle).toBe(true);
  });

  it('is opened for each that is presented, and closed with the last', async () => {
    const { solver, steps } = await world();
    const [a, b] = [alpnTask('a.example', 'a'), alpnTask('b.example', 'b')];
    for (const task of [a, b]) await done(solver.present(task));
    for (const task of [a, b]) await done(solver.cleanUp(task));
    await done(solver.cleanUp(b));
    expect(steps).toEqual(['opened', 'opened', 'closed', 'closed']);
  });

  it('cuts what it answers and lets go what is undecided when it closes', async () => {
    const { responder, solver, others, port } = await world();
    await done(solver.present(alpnTask()));
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    await shown(port, 'example.org'); // By now both are known.
    responder.close();
    expect(others).toHaveLength(1);
    silent.destroy();
  });
});
