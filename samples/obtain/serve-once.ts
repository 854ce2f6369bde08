import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { concatMap, EMPTY, Observable } from 'rxjs';
import type { CertificateIssued } from 'rxacme';

/** Serves one HTTPS request with a certificate, as its first name, and emits what a client that trusts the CA says of it. */
export function serveOnce({ certificate, key }: CertificateIssued, caPem: string): Observable<string> {
  const name = certificate.leaf.identifiers[0]?.value ?? 'localhost';
  return (key?.exportPem() ?? EMPTY).pipe(
    concatMap(
      (keyPem) =>
        new Observable<string>((subscriber) => {
          const server = createServer({ cert: certificate.chainPem, key: keyPem }, (_, response) =>
            response.end('hello'),
          );
          server.listen(0, '127.0.0.1', () => {
            const { port } = server.address() as AddressInfo;
            const client = request(
              { host: '127.0.0.1', port, servername: name, ca: caPem, agent: false },
              (response) => {
                response.resume();
                response.once('end', () => {
                  subscriber.next(`served https://${name}/ with it: the client verified the chain and the name`);
                  subscriber.complete();
                });
              },
            );
            client.once('error', (error) => subscriber.error(error));
            client.end();
          });
          server.once('error', (error) => subscriber.error(error));
          return () => server.close();
        }),
    ),
  );
}
