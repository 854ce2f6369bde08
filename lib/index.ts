/**
 * The client itself: sessions, accounts, orders, solvers, renewal and everything they are composed from. Runs on Node, in
 * browsers and in workers alike; what needs one of them has an entry of its own.
 *
 * @module rxacme
 */
export { version } from './model/version.js';

export type { JsonObject, JsonValue } from './model/json.js';
export type { Link, ResponseContext, Retrieved } from './model/retrieved.js';
export type { Identifier, IdentifierInput } from './model/identifier.js';
export { toIdentifier } from './codec/identifier.js';
export { certificateId, type CertificateNames } from './codec/certificate-id.js';
export type { Directory, DirectoryExtensions, DirectoryMeta } from './model/directory.js';
export { directories, type DirectoryName } from './model/directories.js';
export type { LimitedRequest, RequestLimiter } from './model/request-limiter.js';
export { type RequestKind, type RequestLimit, requestLimits } from './model/request-limits.js';
export type { FailedAttempt, RetryPolicy } from './model/retry-policy.js';
export { publicAuthorities, type PublicAuthority } from './model/public-authorities.js';
export type { AutoRenewal, AutoRenewalOffer } from './model/auto-renewal.js';
export type { CsrTemplate, Delegation, TemplateKeyType } from './model/delegation.js';
export type { Account, AccountBinding, AccountStatus } from './model/account.js';
export { mailto, mailtoAddress, tel, telNumber } from './model/contact.js';
export type { OrderExtension, OrderPayload } from './model/order-extension.js';
export { isOrderSettled, type Order, type OrderStatus } from './model/order.js';
export { type Authorization, type AuthorizationStatus, isAuthorizationSettled } from './model/authorization.js';
export type { Challenge, ChallengeStatus } from './model/challenge.js';
export type { Certificate, CertificateDetails, StoredCertificate } from './model/certificate.js';
export type { RenewalInfo, RenewalWindow } from './model/renewal-info.js';
export type { CertificateTerm, HoldsCertificate, RenewalTime, StoredRenewalTime } from './model/renewal-time.js';
export { type RevocationReason, revocationReasons } from './model/revocation-reason.js';
export { type CertificateKeyType, certificateKeyTypes, type SignatureAlgorithm } from './model/key-type.js';
export { acmeErrorNamespace, type ProblemDocument, type RefusedIdentifier, type Subproblem } from './model/problem.js';
export { type ProblemCode, problemTypes, type ProblemTypeInfo } from './model/problem-types.js';
export type {
  AuthorizationPending,
  AuthorizationSettled,
  CertificateIssued,
  ChallengeAnswered,
  ChallengePresented,
  CleanUpFailed,
  EventBase,
  FallbackEvent,
  FellBack,
  IdentifierEventBase,
  IdentifiersLeftOut,
  IssuanceEvent,
  KeyStored,
  OrderCreated,
  OrderFinalized,
  OrderReady,
  ProofProgress,
  Polled,
  Waiting,
} from './model/events.js';
export type {
  AcmeDigest,
  AcmeHttpRequest,
  AcmeHttpResponse,
  AcmeInterceptor,
  AcmeSigner,
  AcmeTransport,
  CertificateKey,
  CertificateReader,
  CertificateRequestBuilder,
  CertificateRequestDetails,
  CertificateRequestOptions,
  ExpectedLeaf,
  ChallengeSolver,
  ChallengeTask,
  IdentifierType,
  KeyGenerator,
  KeyStore,
  ProofAsked,
  PublicJwk,
  RequestedExtension,
  RequestedNames,
} from './model/ports.js';
export type {
  Journal,
  JournalEntry,
  JournalEntryBase,
  LeftBehind,
  LeftBehindBase,
  OrderEntry,
  PresentedEntry,
  WithdrawalEvent,
  Withdrawn,
} from './model/journal.js';

export { AcmeError, type AcmeErrorDetails } from './model/errors/acme-error.js';
export type { AnyAcmeError } from './model/errors/any-acme-error.js';
export { AcmeAuthorizationError, type AuthorizationFailure } from './model/errors/authorization-error.js';
export { AcmeDnsError, type DnsErrorDetails, type DnsFailure } from './model/errors/dns-error.js';
export { AcmeInputError } from './model/errors/input-error.js';
export { isAcmeError } from './model/errors/is-acme-error.js';
export { AcmeOrderError } from './model/errors/order-error.js';
export { AcmePortError, type PortName } from './model/errors/port-error.js';
export {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeUserActionRequiredError,
  describeProblem,
} from './model/errors/problem-error.js';
export { AcmeProtocolError } from './model/errors/protocol-error.js';
export { AcmeTimeoutError } from './model/errors/timeout-error.js';
export { AcmeTransportError } from './model/errors/transport-error.js';
export { AcmeUnsupportedError } from './model/errors/unsupported-error.js';

export type { Backoff } from './rx/backoff.js';
export { bracket, type BracketOptions, type ReleaseReason } from './rx/bracket.js';
export { deadline, type DeadlineOptions } from './rx/deadline.js';
export { limitRate, type LimitRateOptions } from './rx/limit-rate.js';
export { settle, type Settled } from './rx/settle.js';
export { type PollPace, pollUntil, type PollUntilOptions } from './rx/poll-until.js';
export { wait, waitUntil, type WaitUntilOptions } from './rx/wait.js';

export { fetchTransport } from './transport/fetch-transport.js';
export { onlyOrigins } from './transport/only-origins.js';
export type { FetchTransportOptions } from './transport/fetch-exchange.js';
export type { FetchInit, FetchLike, FetchResponse } from './transport/fetch-like.js';

export { cryptoKeySigner } from './signing/crypto-key-signer.js';
export type { ExportableSigner, GeneratedAlgorithm } from './signing/exportable-signer.js';
export { generateSigner, importSigner } from './signing/signer.js';
export {
  type ExternalAccountBinding,
  externalAccountBinding,
  type MacAlgorithm,
  type MacKeyOptions,
  type MacPortOptions,
  requiresExternalAccount,
} from './signing/external-account-binding.js';
export { jwkThumbprint } from './signing/thumbprint.js';
export { keyAuthorization } from './signing/key-authorization.js';
export { keyAuthorizationDigest } from './signing/key-authorization-digest.js';
export { authorityTokenFingerprint } from './signing/authority-token-fingerprint.js';
export { generateCertificateKey, importCertificateKey } from './x509/certificate-key.js';
export { buildCertificateRequest, certificateReader } from './x509/default-x509.js';
export { buildOnionRequest, type OnionKey, type OnionRequestOptions } from './x509/build-onion-request.js';
export { bundleEidIdentifier } from './x509/identifier-types/bundle-eid.js';
export { hardwareModuleIdentifier, permanentIdentifier } from './x509/identifier-types/device.js';
export { emailIdentifier } from './x509/identifier-types/email.js';
export { tnAuthListIdentifier } from './x509/identifier-types/tn-auth-list.js';
export {
  buildTlsAlpnCertificate,
  type TlsAlpnCertificate,
  type TlsAlpnCertificateOptions,
  type TlsAlpnProof,
  tlsAlpnProtocol,
  tlsAlpnServerName,
  verifyTlsAlpnCertificate,
} from './x509/tls-alpn-certificate.js';

export { type AcmeAccount, acmeAccount, type AcmeKeyHolder } from './request/account.js';
export { type AcmeSession, acmeSession, closeSession } from './request/session.js';
export type { AcmeSessionOptions } from './request/session-options.js';
export { decode, type Decoder } from './request/decode.js';
export type { Received } from './codec/received.js';
export { decodeAccount } from './codec/decode-account.js';
export { allowsCertificateGet, readAutoRenewal } from './codec/decode-auto-renewal.js';
export { decodeDelegation } from './codec/decode-delegation.js';
export { decodeAuthorization } from './codec/decode-authorization.js';
export { decodeChallenge, type ReceivedChallenge } from './codec/decode-challenge.js';
export { decodeDirectory } from './codec/decode-directory.js';
export { readDirectoryExtensions } from './codec/directory-extensions.js';
export { decodeOrder } from './codec/decode-order.js';
export { decodeProblem } from './codec/decode-problem.js';
export { problemDocument, type ProblemDocumentInit, type ProblemMembers } from './codec/problem-document.js';
export { isProblemType, problemCode, problemType } from './codec/problem-type.js';
export { problemFor, subproblemFor } from './codec/subproblems.js';
export { decodeRenewalInfo } from './codec/decode-renewal-info.js';
export { tokenPart1 } from './codec/acme-subject.js';
export { type AuthorityTokenChallenge, authorityTokenChallenge } from './codec/authority-token-challenge.js';
export { type BundleNodeChallenge, bundleNodeChallenge } from './codec/bundle-node-challenge.js';
export { type CaaOptions, type CaaPolicy, type CaaRecord, caaRecord, parseCaaRecord } from './codec/caa-record.js';
export { type DnsPersistChallenge, dnsPersistChallenge } from './codec/dns-persist-challenge.js';
export { type DnsPersistOffer, readDnsPersistOffer } from './codec/dns-persist-offer.js';
export {
  type DnsPersistPolicy,
  type DnsPersistRecord,
  dnsPersistRecord,
  dnsPersistRecords,
  dnsPersistValue,
  parseDnsPersistValue,
} from './codec/dns-persist-record.js';
export { type EmailReplyChallenge, emailReplyChallenge } from './codec/email-reply-challenge.js';
export type { IssueParameter } from './codec/issue-value.js';
export { type OnionCsrChallenge, onionCsrChallenge } from './codec/onion-csr-challenge.js';
export type { AcmeResponse } from './request/response.js';
export { limitRequests, type LimitRequestsOptions } from './request/limit-requests.js';
export { retryWithBackoff, type RetryWithBackoffOptions } from './request/retry-policies.js';
export { failedIssuanceSchedule, retrySchedule } from './request/retry-schedule.js';
export { retryTransient, type RetryTransientOptions } from './request/retry-transient.js';
export { retryWhenAllowed, type RetryWhenAllowedOptions } from './request/retry-when-allowed.js';
export { type RequestGateState, watchRequestGate } from './request/watch-request-gate.js';
export { withRetryPolicy } from './request/with-retry-policy.js';
export { type AcmeRequest, signedRequest } from './request/signed-request.js';
export { withNonce } from './request/with-nonce.js';

export { getDirectory } from './request/get-directory.js';
export {
  findAccount,
  getAccount,
  newAccount,
  type NewAccountOptions,
  type RegisteredAccount,
} from './resources/account.js';
export { deactivateAccount, updateAccount, type UpdateAccountOptions } from './resources/update-account.js';
export { changeAccountKey } from './resources/change-account-key.js';
export { listOrders } from './resources/list-orders.js';
export { allowCertificateGet } from './resources/allow-certificate-get.js';
export { ancestorDomain } from './resources/ancestor-domain.js';
export { autoRenewal, type AutoRenewalOptions } from './resources/auto-renewal.js';
export { cancelAutoRenewal } from './resources/cancel-auto-renewal.js';
export { followCertificate } from './resources/follow-certificate.js';
export { delegation, type DelegationOptions, getDelegation, listDelegations } from './resources/delegation.js';
export { checkDelegatedRequest, delegationIdentifiers, delegationKeyTypes } from './resources/csr-template.js';
export { buildDelegatedRequest } from './resources/delegated-request.js';
export { deactivateAuthorization } from './resources/deactivate-authorization.js';
export { newAuthorization, type NewAuthorizationOptions } from './resources/new-authorization.js';
export { getAuthorization, pollAuthorization } from './resources/authorization.js';
export { getAlternateCertificates, issuedBy, shortestChain } from './resources/alternate-certificates.js';
export { getCertificate } from './resources/certificate.js';
export { certificateFingerprint } from './resources/certificate-fingerprint.js';
export { decodeCertificate } from './resources/decode-certificate.js';
export { getFullChain, getIssuerCertificates } from './resources/issuer-certificates.js';
export { rootedIn } from './resources/rooted-in.js';
export { respondToChallenge, type RespondToChallengeOptions } from './resources/challenge.js';
export { type FinalizableOrder, finalizeOrder, type FinalizeOrderOptions } from './resources/finalize.js';
export type { NewOrderOptions } from './resources/new-order-request.js';
export { getOrder, newOrder, pollOrder } from './resources/order.js';
export { type Polled as PolledResource, pollPorts } from './resources/poll.js';
export { postAsGet, signedPost, unsignedGet } from './resources/post-as-get.js';
export type { CertificateReference } from './resources/certificate-reference.js';
export { getRenewalInfo } from './resources/renewal-info.js';
export { renewalTime, type RenewalTimeOptions } from './resources/renewal-time.js';
export { revokeCertificate, type RevokeCertificateOptions } from './resources/revoke-certificate.js';

export { challengeTask } from './solvers/challenge-task.js';
export { dns01, type Dns01Options, txtRecord, type TxtRecord, type TxtRecordOptions } from './solvers/dns01.js';
export { dnsAccount01, dnsAccountLabel, dnsAccountRecord } from './solvers/dns-account01.js';
export { type DnsPersistAccount, dnsPersistAccountUri } from './solvers/dns-persist-account.js';
export { dnsPersist01, type DnsPersist01Options, type DnsPersistTxtRecord } from './solvers/dns-persist01.js';
export {
  type AwaitedMail,
  type ChallengeMail,
  type EmailReply,
  emailReply,
  emailReply00,
  type EmailReply00Options,
} from './solvers/email-reply00.js';
export {
  type AuthorityTokenClaim,
  type AuthorityTokenRequest,
  tkauth01,
  type Tkauth01Options,
} from './solvers/tkauth01.js';
export { http01, type Http01Options, type HttpResource, httpResource } from './solvers/http01.js';
export {
  describeInstruction,
  manual,
  type ManualFile,
  type ManualInstruction,
  manualInstruction,
  type ManualOptions,
  type ManualRecord,
  type ManualType,
} from './solvers/manual.js';
export {
  type SelfCheck,
  type SelfCheckLook,
  type SelfCheckOptions,
  type SelfCheckProgress,
  withSelfCheck,
} from './solvers/self-check.js';
export { solverFor } from './solvers/solver-for.js';
export { journaled, type JournaledOptions } from './solvers/journal/journaled.js';
export { decodeJournalEntry, encodeJournalEntry } from './solvers/journal/journal-entry.js';
export { memoryJournal } from './solvers/journal/memory-journal.js';
export { tlsAlpn01, type TlsAlpn01Options, type TlsAlpnDeployment, type TlsAlpnName } from './solvers/tls-alpn01.js';
export { onionCsr01, type OnionCsr01Options } from './solvers/onion-csr01.js';
export { type OnionCaa, onionCaa, type OnionCaaOptions, onionCaaText } from './solvers/onion-caa.js';
export { bpNodeId00, type BpNodeId00Options, type BundleNodeProof } from './solvers/bp-node-id00.js';
export { type AttestationTask, deviceAttest01, type DeviceAttest01Options } from './solvers/device-attest01.js';

export type { DnsProvider, DnsRecord } from './solvers/dns/dns-provider.js';
export type {
  CnameLookup,
  DnsLag,
  DnsPropagation,
  PropagationCheck,
  TxtLookup,
  TxtServer,
} from './solvers/dns/propagation.js';
export type { PropagationOptions } from './solvers/dns/watch-propagation.js';
export { txtPublisher, type TxtPublisherOptions } from './solvers/dns/txt-publisher.js';
export { txtLookups, type TxtLookupsOptions } from './solvers/dns/txt-lookups.js';
export { dnsOverHttps, type DnsOverHttpsOptions } from './solvers/dns/dns-over-https.js';
export { fixedDelay, type FixedDelayOptions } from './solvers/dns/fixed-delay.js';
export { followCname } from './solvers/dns/follow-cname.js';
export { acmeDns01Plugin, type AcmeDns01PluginOptions } from './solvers/dns/acme-dns01-plugin.js';
export type {
  AcmeDns01PluginCallback,
  AcmeDns01PluginChallenge,
  AcmeDns01PluginLike,
} from './solvers/dns/acme-dns01-plugin-like.js';
export {
  type AcmeClientAuthorization,
  acmeClientCallbacks,
  type AcmeClientCallbackOptions,
  type AcmeClientChallenge,
} from './solvers/acme-client-callbacks.js';

export type { IssuanceOptions } from './workflows/issuance-options.js';
export { obtainCertificate, type ObtainCertificateOptions } from './workflows/obtain-certificate.js';
export {
  type RenewableCertificate,
  renewCertificate,
  type RenewCertificateOptions,
} from './workflows/renew-certificate.js';
export { resumeOrder } from './workflows/resume-order.js';
export { authorizeIdentifier, type AuthorizeIdentifierOptions } from './workflows/authorize-identifier.js';
export { deactivateOnFailure } from './workflows/deactivate-on-failure.js';
export { leaveOutRefused } from './workflows/leave-out-refused.js';
export type { RefusalPolicy } from './workflows/place-order.js';
export { abandonedOrders } from './workflows/abandoned-orders.js';
export { recordOrders, type RecordOrdersOptions } from './workflows/record-orders.js';
export { toCertificate } from './workflows/to-certificate.js';
export { whenDue, type WhenDueOptions } from './workflows/when-due.js';
export { withdrawAbandoned, type WithdrawAbandonedOptions } from './workflows/withdraw-abandoned.js';
export { withFallback, type WithFallbackOptions } from './workflows/with-fallback.js';
