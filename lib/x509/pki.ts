/**
 * All that needs pkijs. It is large and does not tree-shake: nothing may import this file statically.
 *
 * @module
 */
export { generated, imported } from './certificate-key-pair.js';
export { signedRequest } from './certificate-request.js';
export { checkedChain } from './checked-chain.js';
export { readRequest } from './read-request.js';
export { unsignedOnionRequest } from './onion-request.js';
export { proofFault, unsignedProofCertificate } from './proof-certificate.js';
