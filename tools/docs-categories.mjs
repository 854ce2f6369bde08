/**
 * The categories of what an entry exports, in the order of the site.
 *
 * What something is follows from the file that declares it: each category says which files (`folder/name`, without `lib/`
 * and `.ts`) are its own; `#Name` picks single names of a file that holds several kinds.
 */
/** `{ title, description, patterns }` for each. */
export const categories = [
  [
    'Obtaining certificates',
    'From names to a certificate in one stream of events.',
    /^workflows\/(obtain-certificate|resume-order|issuance-options|to-certificate|leave-out-refused|place-order)#/,
    /^workflows\/(deactivate-on-failure|with-fallback)#/,
  ],
  ['Events', 'What the workflows emit, told apart by `type`.', /^model\/events#/],
  [
    'Renewal',
    'When a certificate is due, by the authority or by its own dates, and renewing it then.',
    /^workflows\/(renew-certificate|when-due)#/,
    /^(resources|model)\/renewal-(info|time)#/,
    /^codec\/(certificate-id|decode-renewal-info)#/,
  ],
  [
    'Sessions and authorities',
    'One session for each authority: its directory, ports, nonces and limits.',
    /^request\/(session|session-options|get-directory)#/,
    /^model\/(directory|directories|public-authorities|version)#/,
    /^codec\/(decode-directory|directory-extensions)#/,
  ],
  [
    'Accounts',
    'Registering, finding, changing and closing an account.',
    /^request\/account#/,
    /^resources\/(account|update-account|change-account-key|list-orders)#/,
    /^model\/(account|contact)#/,
    /^codec\/decode-account#/,
    /^signing\/external-account-binding#/,
  ],
  [
    'Orders and authorizations',
    'The steps of an issuance, each a function of its own.',
    /^resources\/(order|new-order-request|finalize|authorization|new-authorization|deactivate-authorization)#/,
    /^resources\/(challenge|ancestor-domain)#/,
    /^model\/(order|order-extension|authorization|challenge|identifier)#/,
    /^codec\/(decode-order|decode-authorization|decode-challenge|identifier)#/,
    /^workflows\/authorize-identifier#/,
  ],
  [
    'Chains and revocation',
    'Downloading, choosing, reading and revoking certificates.',
    /^resources\/(certificate(-fingerprint|-reference)?|(alternate|issuer)-certificates)#/,
    /^resources\/(decode-certificate|revoke-certificate|rooted-in)#/,
    /^model\/(certificate|revocation-reason)#/,
  ],
  [
    'Challenges and solvers',
    'What proves control over a name, and how to write a solver of your own.',
    /^solvers\/(challenge-task|solver-for|http01|tls-alpn01|manual|self-check|acme-client-callbacks)#/,
    /^signing\/key-authorization(-digest)?#/,
    /^x509\/tls-alpn-certificate#/,
    /^model\/ports#(ChallengeSolver|ChallengeTask|ProofAsked)$/,
    /^node\/(http01|tls-alpn01)-/,
    /^node\/(file-reload|self-check-network)#/,
    /^browser\/(back-end-solver|ask-back-end|manual-dns01)#/,
  ],
  [
    'DNS challenges',
    'Proofs in the DNS: providers, propagation, look-ups, and the records themselves.',
    /^solvers\/(dns\/|dns)/,
    /^codec\/(dns-persist-|caa-record#|issue-value#)/,
    /^node\/dns\//,
  ],
  [
    'Beyond domain names',
    'Mail addresses, devices, telephone numbers, onion services and bundle nodes.',
    /^x509\/(identifier-types\/|build-onion-request#)/,
    /^solvers\/(email-reply00|tkauth01|onion-csr01|onion-caa|bp-node-id00|device-attest01)#/,
    /^codec\/(acme-subject|(authority-token|bundle-node|email-reply|onion-csr)-challenge)#/,
    /^signing\/authority-token-fingerprint#/,
  ],
  [
    'After a crash',
    'A journal of what was presented and ordered, and the withdrawal of what was left behind.',
    /^model\/journal#/,
    /^solvers\/journal\//,
    /^workflows\/(abandoned-orders|record-orders|withdraw-abandoned)#/,
    /^node\/file-journal#/,
  ],
  [
    'Keys and signing',
    'Keys of accounts and of certificates: making, importing, storing and using them.',
    /^signing\/(signer|crypto-key-signer|exportable-signer|thumbprint)#/,
    /^x509\/certificate-key#/,
    /^model\/key-type#/,
    /^model\/ports#(AcmeDigest|AcmeSigner|CertificateKey|KeyGenerator|KeyStore|PublicJwk)$/,
    /^node\/(file-key-store|node-signer|to-pkcs8-pem)#/,
    /^browser\/(indexed-db-signers|remote-signer)#/,
  ],
  [
    'Certificate requests',
    'PKCS#10 requests and X.509: building, reading, and the port that does both.',
    /^x509\/default-x509#/,
    /^model\/ports#(Certificate(Reader|Request\w+)|ExpectedLeaf|IdentifierType|Requested(Extension|Names))$/,
  ],
  [
    'Auto-renewal and delegation',
    'Orders that the authority renews by itself (RFC 8739), and certificates for those who serve a name (RFC 9115).',
    /^resources\/(auto-renewal|cancel-auto-renewal|follow-certificate|allow-certificate-get)#/,
    /^resources\/(delegation|delegated-request|csr-template)#/,
    /^(model|codec)\/(decode-)?(auto-renewal|delegation)#/,
  ],
  [
    'Retries and limits',
    'What is sent again, when, and how fast.',
    /^request\/(retry-|with-retry-policy#|limit-requests#|watch-request-gate#)/,
    /^model\/(retry-policy|request-limiter|request-limits)#/,
  ],
  ['Operators', 'Operators for any stream: polling, deadlines, clean-up, pace.', /^rx\//],
  [
    'Requests and transport',
    'One signed request and its answer, and what carries them.',
    /^request\/(signed-request|with-nonce|decode|response)#/,
    /^resources\/(post-as-get|poll)#/,
    /^model\/(retrieved|json)#/,
    /^codec\/received#/,
    /^transport\//,
    /^model\/ports#(AcmeHttpRequest|AcmeHttpResponse|AcmeInterceptor|AcmeTransport)$/,
    /^node\/node-(ports|transport)#/,
    /^browser\/relay-transport#/,
    /^angular\/http-client-transport#/,
  ],
  [
    'Errors',
    'Every error is an `AcmeError` of one of these classes; a server’s own words are a problem document.',
    /^model\/errors\//,
    /^model\/(problem|problem-types)#/,
    /^codec\/(decode-problem|problem-document|problem-type|subproblems)#/,
  ],
  ['Providers', 'What an application provides.', /^angular\/(provide-acme|feature|with-.*)#/],
  ['Tokens', 'What is injected.', /^angular\/tokens#/],
  [
    'Fake CA',
    'An authority in the process that obeys the protocol, or breaks it where it is told to.',
    /^testing\/(fake-ca|fake-ca-options|behaviour|history|test-account)#/,
    /^testing\/ca\//,
  ],
  ['Virtual time', 'Years in milliseconds.', /^testing\/(virtual-time|timeline)#/],
  [
    'Stand-ins',
    'Ports, solvers and transports that answer at once and remember what was asked.',
    /^testing\/(recording-solver|scripted-replies)#/,
    /^testing\/synchronous\//,
  ],
  ['Development CA', 'An authority on this machine, over HTTPS.', /^dev-ca\//],
].map(([title, description, ...patterns]) => ({ title, description, patterns }));

/** The titles of the categories that `name` of `file` (`lib/x/y.ts`) belongs to: one, if all is well. */
export function categoriesOf(file, name) {
  const place = `${file.replace(/^lib\//, '').replace(/\.ts$/, '')}#${name}`;
  return categories.filter(({ patterns }) => patterns.some((each) => each.test(place))).map(({ title }) => title);
}
