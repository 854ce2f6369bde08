/** http-01 within a web application that has port 80 already: Express, Connect, Fastify or Koa. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observable } from 'rxjs';
import { type AcmeAccount, type CertificateIssued, obtainCertificate, toCertificate } from 'rxacme';
import { http01Handler } from 'rxacme/node';

export const { solver, handle } = http01Handler();

/** Express and Connect: `app.use(acme)`, before everything that redirects or asks for a password. */
export const acme = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
  if (!handle(request, response)) next();
};

/** Fastify: `fastify.addHook('onRequest', acmeHook)`. */
export const acmeHook = (
  request: { readonly raw: IncomingMessage },
  reply: { readonly raw: ServerResponse; hijack(): unknown },
  done: () => void,
): void => {
  if (handle(request.raw, reply.raw)) reply.hijack();
  else done();
};

/** Koa: `app.use(acmeFirst)`. */
export const acmeFirst = (
  context: { readonly req: IncomingMessage; readonly res: ServerResponse; respond?: boolean },
  next: () => Promise<unknown>,
): Promise<unknown> => {
  if (!handle(context.req, context.res)) return next();
  context.respond = false;
  return Promise.resolve();
};

/** The handler stays mounted; each certificate only needs its solver. */
export const certificateFor = (account: AcmeAccount, host: string): Observable<CertificateIssued> =>
  obtainCertificate(account, { identifiers: [host], solvers: [solver] }).pipe(toCertificate());
