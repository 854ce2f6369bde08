/**
 * For Node: solvers that serve or write the proof themselves, DNS updates and look-ups, files that keep keys and journals,
 * and ports that sign and connect faster than the default ones.
 *
 * @module rxacme/node
 */
export { authoritativeServers, type AuthoritativeServersOptions } from './dns/authoritative-servers.js';
export { recursiveResolvers, type RecursiveResolversOptions } from './dns/recursive-resolvers.js';
export { rfc2136, type Rfc2136Options } from './dns/rfc2136.js';
export type { TsigKeyOptions } from './dns/tsig-key.js';
export type { TsigAlgorithm } from './dns/tsig-record.js';
export { zoneLookup, type ZoneLookupOptions } from './dns/zone-lookup.js';
export type { Http01Handle, Http01Request, Http01Response } from './http01-answer.js';
export { fileJournal } from './file-journal.js';
export { fileKeyStore } from './file-key-store.js';
export { http01Check } from './http01-check.js';
export { http01Files, type Http01FilesOptions } from './http01-files.js';
export { type Http01Handler, http01Handler } from './http01-handler.js';
export { http01Server, type Http01ServerOptions } from './http01-server.js';
export { http01Stateless, type Http01StatelessOptions } from './http01-stateless.js';
export type { Reload } from './file-reload.js';
export type { SelfCheckNetwork } from './self-check-network.js';
export { tlsAlpn01Check } from './tls-alpn01-check.js';
export { tlsAlpn01Files, type TlsAlpn01FilesOptions } from './tls-alpn01-files.js';
export { tlsAlpn01Hook } from './tls-alpn01-hook.js';
export { tlsAlpn01Server, type TlsAlpn01ServerOptions } from './tls-alpn01-server.js';
export { nodePorts, type NodePorts } from './node-ports.js';
export { nodeSigner } from './node-signer.js';
export { nodeTransport, type NodeTransportOptions } from './node-transport.js';
export { toPkcs8Pem } from './to-pkcs8-pem.js';
