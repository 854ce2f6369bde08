import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ChallengeSolver,
  http01,
  jwkThumbprint,
  manual,
  type ManualInstruction,
  withSelfCheck,
} from '../../lib/index.js';
import {
  http01Check,
  http01Files,
  http01Handler,
  http01Server,
  http01Stateless,
  tlsAlpn01Server,
} from '../../lib/node/index.js';
import { plainRequest } from '../support/http-request.js';
import { covers } from '../support/covers.js';
import { hasIpv6, only6, withIpv6 } from '../support/ipv6.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import { issued, namesIn, obtain, openAccount } from './support/client.js';
import { isFree } from './support/free.js';

const tenNames = (under: string) => Array.from({ length: 10 }, (_, index) => `n${String(index)}.${under}`);

describeWithPebble('http-01 and manual solvers at Pebble', {}, (get) => {
  covers('http01', 'ip');

  const issue = async (
    identifiers: readonly string[],
    solver: ChallengeSolver,
    account = openAccount(get()),
    type = 'http-01',
  ) => {
    const pebble = get();
    const events = await obtain(await account, { identifiers, solvers: [solver] });
    expect(namesIn(events, 'challenge-presented')).toEqual(identifiers.map((name) => `${name} ${type}`).sort());
    await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
  };
  /** Checked as the authority does it, on the way to where it looks. */
  const checked = (solver: ChallengeSolver) =>
    withSelfCheck(solver, http01Check({ httpPort: get().httpPort, hosts: { '*': '127.0.0.1', '::1': '::1' } }), {
      firstMs: 20,
      timeoutMs: 10_000,
    });
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener);
    await once(server.listen(get().httpPort, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    return async () => {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    };
  };
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'rxacme-root-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };

  it(`a listener of its own: names and addresses at once, by ${withIpv6}`, async () => {
    const pebble = get();
    if (hasIpv6) await pebble.dns.setA('six.http.test', '127.0.0.9'); // Nobody listens there.
    await pebble.dns.setAaaa('six.http.test', ...only6('::1'));
    const solver = http01Server({ port: pebble.httpPort });
    await issue(['four.http.test', 'six.http.test', '127.0.0.1', ...only6('::1')], solver);
    await issue(hasIpv6 ? ['::1'] : ['127.0.0.1'], checked(solver));
    expect(await isFree(pebble.httpPort)).toBe(true);
  });

  it('a handler in a server that is there: ten names, while it answers its own', async () => {
    const { solver, handle } = http01Handler();
    const close = await serve((request, response) => {
      if (!handle(request, response)) response.end('the application');
    });
    await issue(tenNames('handler.http.test'), checked(solver));
    const url = `http://127.0.0.1:${String(get().httpPort)}/.well-known/acme-challenge/other`;
    expect((await plainRequest(url)).body).toBe('the application');
    await close();
  });

  it('files below a web root: ten names, and two orders at once', async () => {
    const webRoot = folder();
    const close = await serve((request, response) => {
      try {
        response.end(readFileSync(join(webRoot, request.url ?? '')));
      } catch {
        response.writeHead(404).end();
      }
    });
    mkdirSync(join(webRoot, '.well-known'));
    writeFileSync(join(webRoot, '.well-known', 'security.txt'), 'of somebody else');
    const solver = checked(http01Files({ webRoot }));
    await Promise.all([issue(tenNames('files.http.test'), solver), issue(['other.http.test'], solver)]);
    expect(readdirSync(webRoot, { recursive: true })).toEqual(['.well-known', join('.well-known', 'security.txt')]);
    await close();
  });

  it('functions of the caller’s', async () => {
    const pages = new Map<string, string>();
    const close = await serve((request, response) => {
      response.end(pages.get(request.url ?? '') ?? '');
    });
    const solver = http01({
      add: ({ path, content }) => [pages.set(path, content)],
      remove: ({ path }) => [pages.delete(path)],
    });
    await issue(['callback.http.test', '127.0.0.1'], checked(solver));
    expect(pages.size).toBe(0);
    await close();
  });

  it('a responder that knows the account’s thumbprint only', async () => {
    const account = await openAccount(get());
    const thumbprint = await firstValueFrom(jwkThumbprint(account.signer.publicJwk));
    const { solver, handle } = http01Stateless({ thumbprint });
    const close = await serve((request, response) => {
      if (!handle(request, response)) response.writeHead(404).end();
    });
    await issue(tenNames('stateless.http.test'), checked(solver), Promise.resolve(account));
    await close();
  });

  it('through a redirect, as the check sees it too', async () => {
    const { solver, handle } = http01Handler();
    const close = await serve((request, response) => {
      if (request.url?.startsWith('/.well-known/') === true)
        response.writeHead(302, { location: `/moved${request.url}` }).end();
      else if (!handle({ method: 'GET', url: request.url?.replace('/moved', '') }, response)) response.end();
    });
    await issue(['redirect.http.test'], checked(solver));
    await close();
  });

  it('the next type where the first is not on offer or not possible: solvers compose', async () => {
    const pebble = get();
    const solvers = [tlsAlpn01Server({ port: pebble.tlsPort }), http01Server({ port: pebble.httpPort })];
    const events = await obtain(await openAccount(pebble), { identifiers: ['composed.test'], solvers });
    expect(namesIn(events, 'challenge-presented')).toEqual(['composed.test tls-alpn-01']);
  });

  describe('a person', () => {
    it('sees all instructions of an order before anything is waited for', async () => {
      const pebble = get();
      const names = ['*.manual.test', 'manual.test'];
      const shown: ManualInstruction[] = [];
      const done$ = new Subject<true>();
      const solver = manual({
        types: ['dns-01'],
        show: (instruction) => [shown.push(instruction)],
        confirmed: () => {
          expect(shown).toHaveLength(2);
          void Promise.all(
            shown.map((each) => (each.type === 'http-01' ? undefined : pebble.dns.addTxt(each.name, each.value))),
          ).then(() => done$.next(true));
          return done$;
        },
        withdraw: (each) => (each.type === 'http-01' ? [] : pebble.dns.removeTxt(each.name, each.value)),
      });
      await issue(names, solver, undefined, 'dns-01');
      expect(pebble.dns.txt('_acme-challenge.manual.test')).toEqual([]);
    });

    it('puts a file on a web server', async () => {
      const webRoot = folder();
      const close = await serve((request, response) => response.end(readFileSync(join(webRoot, request.url ?? ''))));
      const solver = manual({
        types: ['http-01'],
        show: () => [],
        confirmed: (each) => {
          if (each.type !== 'http-01') throw new Error('another type');
          mkdirSync(join(webRoot, each.path, '..'), { recursive: true });
          writeFileSync(join(webRoot, each.path), `${each.content}\n`); // As editors end files.
          return Promise.resolve();
        },
      });
      await issue(['editor.http.test'], checked(solver));
      await close();
    });
  });
});
