/** What is taken as a DNS provider, a plugin or a callback of others. Compiled, never run. */
import {
  acmeClientCallbacks,
  type AcmeClientCallbackOptions,
  acmeDns01Plugin,
  type ChallengeSolver,
  dns01,
  dnsAccount01,
  type DnsProvider,
  dnsPersist01,
  type DnsRecord,
  txtPublisher,
} from '../../lib/index.js';
import { rfc2136 } from '../../lib/node/index.js';

// One provider serves every solver that publishes TXT records, alone or with all that is around it.
declare const provider: DnsProvider;
export const solvers: readonly ChallengeSolver[] = [
  dns01(provider),
  dns01(txtPublisher(provider)),
  dnsAccount01(rfc2136({ server: 'ns1.example.org' })),
  dnsPersist01(txtPublisher(provider)),
  // A record's zone is there to be read.
  dns01(txtPublisher({ add: ({ zone, relativeName, value }) => [zone, relativeName, value], remove: async () => 1 })),
];

export const zoneOf = ({ zone }: DnsRecord): string | undefined => zone satisfies string | undefined;

// What acme-client's own types say of its callbacks.
interface TheirChallenge {
  type: 'http-01' | 'dns-01';
  url: string;
  status: 'pending' | 'processing' | 'valid' | 'invalid';
  token: string;
  validated?: string;
}
interface TheirAuthorization {
  identifier: { type: string; value: string };
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  challenges: TheirChallenge[];
  expires?: string;
  wildcard?: boolean;
}
declare const theirs: (
  authorization: TheirAuthorization,
  challenge: TheirChallenge,
  keyAuthorization: string,
) => Promise<unknown>;
acmeClientCallbacks({ challengeCreateFn: theirs, challengeRemoveFn: theirs });
acmeClientCallbacks({
  challengeCreateFn: async ({ identifier }, { token }, keyAuthorization) => [identifier.value, token, keyAuthorization],
  challengeRemoveFn: () => undefined,
} satisfies AcmeClientCallbackOptions);

// Plugins are JavaScript, or have types of their own.
interface TheirPluginChallenge {
  dnsZone: string;
  dnsPrefix: string;
  dnsAuthorization: string;
}
declare const typedPlugin: {
  init?: (args: { request: unknown }) => Promise<void>;
  zones: (args: { dnsHosts: string[] }) => Promise<string[]>;
  set: (args: { challenge: TheirPluginChallenge }) => Promise<void>;
  remove: (args: { challenge: TheirPluginChallenge }) => Promise<void>;
  propagationDelay: number;
};
acmeDns01Plugin(typedPlugin, { request: 'theirs' });
// @ts-expect-error: this is the package, its create was not called
acmeDns01Plugin({ create: () => typedPlugin });
declare const untypedPlugin: { set(options: never, callback: never): unknown; remove(options: never): unknown };
acmeDns01Plugin(untypedPlugin);
