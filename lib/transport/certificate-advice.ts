/** What Node says where a server's certificate leads to no root that it knows. */
const unknownRoot = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** An error of Node's, and what to do where it is about a root that Node does not know. */
export function withAdvice(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, code } = error as Error & { readonly code?: string };
  if (code === undefined || !unknownRoot.includes(code)) return error;
  const advice = 'give the root of this authority by nodeTransport({ ca }), or by NODE_EXTRA_CA_CERTS';
  return Object.assign(new Error(`${message}: ${advice}`, { cause: error }), { code });
}
