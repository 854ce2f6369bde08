/** What one name of another client is here. */
export interface Entry {
  readonly theirs: string;
  /** Exported names. */
  readonly ours: readonly string[];
  readonly how?: string;
}

export interface Client {
  readonly client: string;
  readonly entries: readonly Entry[];
}

const entry = (theirs: string, ours: readonly string[], how = ''): Entry => ({ theirs, ours, how });

/** By client and then in the order of its own documentation. */
export const clients: readonly Client[] = [
  {
    client: 'acme-client',
    entries: [
      entry('`new Client({ directoryUrl, accountKey, accountUrl, externalAccountBinding, backoff… })`', [
        'acmeSession',
        'acmeAccount',
      ]),
      entry('`getTermsOfServiceUrl()`', ['getDirectory'], '`meta.termsOfService`'),
      entry('`getAccountUrl()`', ['AcmeAccount'], '`url`'),
      entry('`createAccount()`, `updateAccount()`, `updateAccountKey()`', [
        'newAccount',
        'updateAccount',
        'changeAccountKey',
      ]),
      entry('`createOrder()`, `getOrder()`, `finalizeOrder()`', ['newOrder', 'getOrder', 'finalizeOrder']),
      entry('`getAuthorizations()`', ['getAuthorization'], 'of each of `order.authorizations`'),
      entry('`deactivateAuthorization()`', ['deactivateAuthorization']),
      entry('`getChallengeKeyAuthorization()`', ['challengeTask', 'keyAuthorization']),
      entry('`verifyChallenge()`', ['ChallengeSolver'], '`ready` of the solver'),
      entry('`completeChallenge()`', ['respondToChallenge']),
      entry(
        '`waitForValidStatus()`',
        ['pollOrder', 'pollAuthorization'],
        'follows `Retry-After`, ends on every status that is settled',
      ),
      entry('`getCertificate(order, preferredChain)`', ['getCertificate', 'getAlternateCertificates', 'issuedBy']),
      entry('`revokeCertificate(cert, { reason })`', ['revokeCertificate']),
      entry('`auto()`', ['obtainCertificate'], 'events instead of one string; can be unsubscribed at any moment'),
      entry(
        '`challengeCreateFn`, `challengeRemoveFn`, `challengePriority`',
        ['ChallengeSolver', 'dns01'],
        'the order of `solvers` is the preference',
      ),
      entry('`crypto.createPrivateKey`, `createPrivateRsaKey`, `createPrivateEcdsaKey`', [
        'generateSigner',
        'generateCertificateKey',
      ]),
      entry('`crypto.getJwk`, `getPublicKey`', ['AcmeSigner'], '`publicJwk`'),
      entry('`crypto.createCsr`, `readCsrDomains`', ['buildCertificateRequest', 'certificateReader']),
      entry(
        '`crypto.readCertificateInfo`, `splitPemChain`, `getPemBodyAsB64u`',
        ['Certificate', 'certificateReader'],
        '`leaf`, `chain`',
      ),
      entry('`crypto.createAlpnCertificate`, `isAlpnCertificateAuthorizationValid`', [
        'buildTlsAlpnCertificate',
        'verifyTlsAlpnCertificate',
      ]),
      entry('`directory.letsencrypt.staging`, …', ['directories']),
      entry(
        '`axios` defaults, `setLogger`',
        ['acmeSession'],
        '`transport`, `interceptors`; nothing is shared between sessions',
      ),
    ],
  },
  {
    client: "certbot's acme: client",
    entries: [
      entry('`ClientV2(directory, net)`', ['acmeSession'], 'a value without I/O; `acmeAccount` adds the key'),
      entry(
        '`new_account(NewRegistration)`',
        ['newAccount'],
        'a key that has an account is no error: `created` is false',
      ),
      entry('`query_registration(regr)`', ['findAccount', 'getAccount'], 'by the key; by its URL'),
      entry('`update_registration(regr, update)`', ['updateAccount'], 'one request, no look-up before it'),
      entry(
        '`new_order(csr_pem, profile)`',
        ['newOrder'],
        'identifiers first, the CSR at the end; with `profile`, `replaces`, `notBeforeAt`, `notAfterAt`',
      ),
      entry('`poll(authzr)`', ['getAuthorization'], 'one look; `retryAfterMs` is on the value'),
      entry(
        '`poll_and_finalize(orderr, deadline)`',
        ['resumeOrder'],
        'from any status, `poll.timeoutMs` being the deadline',
      ),
      entry(
        '`poll_authorizations(orderr, deadline)`',
        ['pollOrder', 'pollAuthorization'],
        'one look at the order stands for all of its names',
      ),
      entry('`begin_finalization(orderr)`', ['finalizeOrder']),
      entry('`poll_finalization(orderr, deadline, fetch_alternative_chains)`', [
        'pollOrder',
        'getCertificate',
        'getAlternateCertificates',
      ]),
      entry(
        '`finalize_order(orderr, deadline, fetch_alternative_chains)`',
        ['resumeOrder', 'getAlternateCertificates'],
        'alternates one after the other, only as many as are taken',
      ),
      entry('`renewal_time(cert_pem)`', ['renewalTime'], 'a failed look-up falls back instead of raising'),
      entry(
        '`revoke(cert, rsn)`',
        ['revokeCertificate'],
        "reasons by name; by the account or by `{ session, signer }` with the certificate's key",
      ),
      entry('`external_account_required()`', ['requiresExternalAccount']),
      entry('`get_directory(url, net)`', ['getDirectory'], 'cached by the session'),
      entry('`deactivate_registration(regr)`', ['deactivateAccount']),
      entry('`deactivate_authorization(authzr)`', ['deactivateAuthorization']),
      entry('`answer_challenge(challb, response)`', ['respondToChallenge'], 'needs no `up` link'),
      entry(
        '`retry_after(response, default)`',
        ['pollUntil'],
        '`retryAfterMs` of every value, in milliseconds from the answer, both forms read',
      ),
      entry(
        '`ClientNetwork(key, account, alg, verify_ssl, user_agent, timeout)`',
        ['acmeSession', 'rxacme/node: nodeTransport'],
        '`userAgent`, `requestTimeoutMs`; own roots instead of `verify_ssl=False`; the algorithm comes with the key',
      ),
      entry('`REPLAY_NONCE_HEADER`, nonce store', ['withNonce'], 'one pool for each session'),
      entry('`head(url)`', [], 'not needed: nonces come by GET and with every answer'),
      entry('`get(url, content_type)`', ['unsignedGet']),
      entry(
        '`post(url, obj, content_type)`',
        ['signedPost', 'signedRequest'],
        'badNonce is retried with the nonce of that very answer',
      ),
      entry(
        'response checking',
        ['AcmeProblemError', 'AcmeTransportError', 'AcmeProtocolError'],
        'network errors included, the original as `cause`',
      ),
      entry('error classes `Error`, `ClientError`', ['AcmeProblemError', 'AcmeProtocolError', 'AcmeError']),
      entry('`UnexpectedUpdate`, `SchemaValidationError`', ['AcmeProtocolError']),
      entry('`NonceError`, `BadNonce`, `MissingNonce`', ['AcmeBadNonceError', 'AcmeProtocolError']),
      entry('`PollError`, `TimeoutError`', ['AcmeTimeoutError'], 'with the last state in `last`'),
      entry('`ValidationError(failed_authzrs)`', ['AcmeAuthorizationError'], '`failures`: every name and why'),
      entry('`IssuanceError(error)`', ['AcmeOrderError']),
      entry(
        '`ConflictError(location)`',
        ['newAccount', 'AcmeProblemError'],
        '`created: false`; elsewhere `status` 409 and `location`',
      ),
      entry('`WildcardUnsupportedError`', ['AcmeUnsupportedError']),
      entry(
        '`ARIError(retry_after)`',
        ['renewalTime'],
        'falls back to a part of the lifetime and says when to ask again',
      ),
      entry('`DependencyError`', [], 'there is nothing optional to install'),
      entry('key rollover (absent)', ['changeAccountKey']),
    ],
  },
  {
    client: "certbot's acme: messages",
    entries: [
      entry('`is_acme_error(err)`', ['isAcmeError']),
      entry(
        '`IdentifierType`, `Identifier(typ, value)`',
        ['toIdentifier', 'Identifier'],
        'types unknown to the library are kept',
      ),
      entry(
        '`Error` `typ`, `title`, `detail`, `identifier`, `subproblems`',
        ['ProblemDocument', 'Subproblem'],
        '`problem` of the error',
      ),
      entry('`Error.with_code(code)`', ['problemDocument']),
      entry('`Error.description`, `Error.code`', ['problemTypes']),
      entry('`str(Error)`', ['describeProblem']),
      entry(
        '`Status`',
        ['OrderStatus', 'AuthorizationStatus', 'ChallengeStatus', 'AccountStatus'],
        'open: an unknown status is no error',
      ),
      entry(
        '`Directory(jobj)`, `from_json`, `to_partial_json`',
        ['Directory', 'decodeDirectory'],
        'unknown members in `raw`',
      ),
      entry('`Directory.Meta`', ['DirectoryMeta']),
      entry('`Resource`, `ResourceWithURI`, `ResourceBody`', ['Retrieved'], 'the URL is on the value'),
      entry(
        '`ExternalAccountBinding.from_data`',
        ['externalAccountBinding'],
        'any base64 form, bytes, or a function that signs',
      ),
      entry('`Registration` fields', ['Account']),
      entry(
        '`Registration.from_data(phone, email, external_account_binding)`',
        ['mailto', 'tel', 'newAccount'],
        'an empty list of contacts clears them',
      ),
      entry('`.phones`, `.emails`', ['telNumber', 'mailtoAddress']),
      entry('`NewRegistration`, `UpdateRegistration`, `RegistrationResource`', [
        'NewAccountOptions',
        'UpdateAccountOptions',
        'RegisteredAccount',
      ]),
      entry(
        '`ChallengeBody(uri, status, validated, error)`, `UnrecognizedChallenge`',
        ['Challenge', 'decodeChallenge'],
        'members of any type in `raw`',
      ),
      entry('`ChallengeResource(body, authzr_uri)`', ['Challenge'], '`authorizationUrl`'),
      entry('`Authorization`, `NewAuthorization`, `UpdateAuthorization`, `AuthorizationResource`', [
        'Authorization',
        'newAuthorization',
      ]),
      entry('`CertificateRequest`, `CertificateResource`, `Revocation`', [
        'finalizeOrder',
        'Certificate',
        'revokeCertificate',
      ]),
      entry('`Order`, `NewOrder`', ['Order', 'NewOrderOptions']),
      entry(
        '`OrderResource`',
        ['Order', 'decodeOrder', 'resumeOrder'],
        'survives JSON; the URL alone is enough to go on',
      ),
      entry(
        'challenges: `HTTP01`, `DNS01`, `good_token`, `validation`',
        ['challengeTask', 'keyAuthorization', 'txtRecord', 'decodeChallenge'],
        'a token that is no base64url is refused when it is read',
      ),
      entry(
        '`crypto_util`: `make_csr`, `make_self_signed_cert`, `get_identifiers_from_x509`',
        ['buildCertificateRequest', 'certificateReader'],
        '`mustStaple` among its options',
      ),
    ],
  },
  {
    client: 'aioacme',
    entries: [
      entry('`LETS_ENCRYPT_STAGING_DIRECTORY`, `LETS_ENCRYPT_DIRECTORY`, `ZEROSSL_DIRECTORY`', ['directories']),
      entry(
        '`Client(account_key, directory_url, account_uri, external_account_binding, ssl)`',
        ['acmeSession', 'acmeAccount', 'rxacme/node: nodeTransport'],
        'terms are never taken as agreed',
      ),
      entry(
        '`account_key`, `directory_url`, `account_uri`, `external_account_binding`',
        ['AcmeAccount', 'AcmeSession'],
        '`signer`, `url`, `session.directoryUrl`',
      ),
      entry('`get_terms_of_service()`', ['getDirectory'], '`meta.termsOfService`'),
      entry('`get_account()`', ['getAccount', 'newAccount', 'findAccount']),
      entry('`update_account(contact, status)`', ['updateAccount', 'deactivateAccount']),
      entry('`new_order(identifiers, not_before, not_after)`', ['newOrder']),
      entry('`get_order(uri)`, `get_authorization(uri)`', ['getOrder', 'getAuthorization']),
      entry('`get_dns_challenge_domain`, `get_dns_challenge_validation`', ['txtRecord']),
      entry('`answer_challenge(url)`', ['respondToChallenge']),
      entry('`deactivate_authorization(uri)`', ['deactivateAuthorization']),
      entry('`finalize_order(finalize, csr)`', ['finalizeOrder']),
      entry('`get_certificate(url)`', ['getCertificate']),
      entry('`revoke_certificate(certificate, key, reason)`', ['revokeCertificate']),
      entry('`change_key(new_account_key)`', ['changeAccountKey'], 'emits the account with its new key'),
      entry('`close()`, `async with`', ['closeSession']),
      entry('`AccountStatus`, `Account`', ['AccountStatus', 'Account']),
      entry('`IdentifierType`, `Identifier`', ['Identifier']),
      entry('`Error` type, detail, identifier, subproblems', ['ProblemDocument'], 'nothing of it is required'),
      entry('`OrderStatus`, `Order`', ['OrderStatus', 'Order']),
      entry('`ChallengeType`', ['Challenge'], 'any string; solvers say which they solve'),
      entry('`ChallengeStatus`, `Challenge`', ['ChallengeStatus', 'Challenge'], 'a token only where the type has one'),
      entry('`AuthorizationStatus`, `Authorization`', ['AuthorizationStatus', 'Authorization']),
      entry('`RevocationReason`', ['revocationReasons']),
      entry('`ExternalAccountBinding(kid, mac_key)`', ['externalAccountBinding']),
      entry(
        '`AcmeError.error`, `RateLimitedError.retry_after`',
        ['AcmeProblemError', 'AcmeRateLimitedError'],
        '`problem`; `retryAt`',
      ),
      entry('nonces and retries', ['withNonce', 'signedRequest'], 'bounded, and every retry is signed anew'),
    ],
  },
  {
    client: 'txacme',
    entries: [
      entry('`Client(directory, reactor, key, jws_client)`, `Client.from_url`', ['acmeSession', 'acmeAccount']),
      entry('`register(new_reg)`', ['newAccount']),
      entry('`agree_to_tos(regr)`', ['newAccount'], '`termsOfServiceAgreed`'),
      entry('`update_registration(regr, uri)`', ['updateAccount']),
      entry('`request_challenges(identifier)`', ['newAuthorization']),
      entry('`answer_challenge(challenge_body, response)`', ['respondToChallenge']),
      entry('`poll(authzr)`', ['getAuthorization']),
      entry('`request_issuance(csr)`', ['finalizeOrder', 'getCertificate']),
      entry('`fetch_chain(certr, max_length)`', ['getIssuerCertificates']),
      entry(
        '`retry_after(response, default, _now)`',
        ['pollUntil', 'acmeSession'],
        '`retryAfterMs`; the clock is a port',
      ),
      entry('`JWSClient` `.get`, `.head`, `.post`', ['unsignedGet', 'signedPost', 'postAsGet']),
      entry('`ServerError(message, response)`', ['AcmeProblemError'], '`status`, `links` and `headers` of the answer'),
      entry('`fqdn_identifier(fqdn)`', ['toIdentifier']),
      entry(
        '`answer_challenge(authzr, client, responders)`',
        ['obtainCertificate', 'ChallengeSolver'],
        'withdrawn only when validation has ended',
      ),
      entry('`poll_until_valid(authzr, clock, client, timeout)`', ['pollAuthorization']),
      entry('`NoSupportedChallenges`, `AuthorizationFailed`', ['AcmeUnsupportedError', 'AcmeAuthorizationError']),
      entry(
        '`AcmeIssuingService`',
        ['whenDue', 'limitRate', 'renewCertificate', 'settle'],
        'composed, instead of a service',
      ),
    ],
  },
  {
    client: 'acmeow',
    entries: [
      entry('`ChallengeHandler.setup`, `.cleanup`', ['ChallengeSolver'], '`present`, `ready`, `cleanUp`'),
      entry(
        '`CallbackDnsHandler(create_record, delete_record, propagation_delay)`',
        ['dns01'],
        'a record is removed by its value, so that a name and its wildcard do not collide',
      ),
      entry('`.propagation_delay`', ['dns01'], '`ready` of the solver waits for whatever it likes'),
      entry('`CallbackHttpHandler(setup_callback, cleanup_callback)`', ['ChallengeSolver'], "`types: ['http-01']`"),
      entry(
        '`FileHttpHandler(webroot)`',
        ['ChallengeSolver'],
        '`present` writes `task.keyAuthorization` under `task.token`, which holds nothing that a path could misread',
      ),
      entry(
        '`CallbackTlsAlpnHandler(deploy_callback, cleanup_callback)`',
        ['ChallengeSolver', 'buildTlsAlpnCertificate'],
        "`types: ['tls-alpn-01']`",
      ),
      entry('`FileTlsAlpnHandler(cert_dir, …)`', ['ChallengeSolver', 'buildTlsAlpnCertificate']),
      entry(
        '`generate_tls_alpn_certificate`, `validate_tls_alpn_certificate`',
        ['buildTlsAlpnCertificate', 'verifyTlsAlpnCertificate'],
        'DNS names and IP addresses',
      ),
      entry(
        'the client around the handlers',
        ['obtainCertificate'],
        'what was presented is withdrawn whatever happens',
      ),
      entry('dns-persist-01', ['dnsPersist01']),
      entry('order saved and resumed', ['resumeOrder']),
      entry('`preferred_chain`', ['getAlternateCertificates', 'issuedBy']),
      entry('external CSR', ['obtainCertificate'], '`csr`'),
      entry(
        '`issue_batch`, `renew_if_needed`',
        ['obtainCertificate', 'whenDue', 'renewCertificate'],
        'with `mergeMap`; by renewal information',
      ),
    ],
  },
];
