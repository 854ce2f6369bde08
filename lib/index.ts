export { version } from './model/version.js';

export type { JsonObject, JsonValue } from './model/json.js';
export type { Link, ResponseContext, Retrieved } from './model/retrieved.js';
export type { Identifier, IdentifierInput } from './model/identifier.js';
export { toIdentifier } from './codec/identifier.js';
export { certificateId } from './codec/certificate-id.js';
export type { Directory, DirectoryMeta } from './model/directory.js';
export type { Account, AccountStatus } from './model/account.js';
export { mailto, mailtoAddress, tel, telNumber } from './model/contact.js';
export { isOrderSettled, type Order, type OrderStatus } from './model/order.js';
export { type Authorization, type AuthorizationStatus, isAuthorizationSettled } from './model/authorization.js';
export type { Challenge, ChallengeStatus } from './model/challenge.js';
export type { Certificate, CertificateDetails } from './model/certificate.js';
export type { RenewalInfo } from './model/renewal-info.js';
export { type RevocationReason, revocationReasons } from './model/revocation-reason.js';
export { type CertificateKeyType, certificateKeyTypes, type SignatureAlgorithm } from './model/key-type.js';
export { acmeErrorNamespace, type ProblemDocument, type Subproblem } from './model/problem.js';
export type {
  AuthorizationPending,
  AuthorizationSettled,
  CertificateIssued,
  ChallengeAnswered,
  ChallengePresented,
  CleanUpFailed,
  EventBase,
  IdentifierEventBase,
  IssuanceEvent,
  KeyStored,
  OrderCreated,
  OrderFinalized,
  OrderReady,
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
  ExpectedLeaf,
  ChallengeSolver,
  ChallengeTask,
  KeyGenerator,
  KeyStore,
  PublicJwk,
} from './model/ports.js';

export { AcmeError, type AcmeErrorDetails } from './model/errors/acme-error.js';
export type { AnyAcmeError } from './model/errors/any-acme-error.js';
export { AcmeAuthorizationError, type AuthorizationFailure } from './model/errors/authorization-error.js';
export { AcmeInputError } from './model/errors/input-error.js';
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
export { type PollPace, pollUntil, type PollUntilOptions } from './rx/poll-until.js';
export { wait, waitUntil, type WaitUntilOptions } from './rx/wait.js';

export { fetchTransport, type FetchTransportOptions } from './transport/fetch-transport.js';
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
export { generateCertificateKey, importCertificateKey } from './x509/certificate-key.js';
export { buildCertificateRequest, certificateReader } from './x509/default-x509.js';

export { type AcmeAccount, acmeAccount, type AcmeKeyHolder } from './request/account.js';
export { type AcmeSession, acmeSession, closeSession } from './request/session.js';
export type { AcmeSessionOptions } from './request/session-options.js';
export { decode, type Decoder } from './request/decode.js';
export type { Received } from './codec/received.js';
export { decodeAccount } from './codec/decode-account.js';
export { decodeAuthorization } from './codec/decode-authorization.js';
export { decodeChallenge, type ReceivedChallenge } from './codec/decode-challenge.js';
export { decodeDirectory } from './codec/decode-directory.js';
export { decodeOrder } from './codec/decode-order.js';
export { decodeProblem } from './codec/decode-problem.js';
export { decodeRenewalInfo } from './codec/decode-renewal-info.js';
export type { AcmeResponse } from './request/response.js';
export { retryWhenAllowed, type RetryWhenAllowedOptions } from './request/retry-when-allowed.js';
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
export { deactivateAuthorization } from './resources/deactivate-authorization.js';
export { getAuthorization, pollAuthorization } from './resources/authorization.js';
export { getAlternateCertificates, issuedBy, shortestChain } from './resources/alternate-certificates.js';
export { getCertificate } from './resources/certificate.js';
export { respondToChallenge, type RespondToChallengeOptions } from './resources/challenge.js';
export { finalizeOrder, type FinalizeOrderOptions } from './resources/finalize.js';
export { getOrder, newOrder, type NewOrderOptions, pollOrder } from './resources/order.js';
export { type Polled as PolledResource, pollPorts } from './resources/poll.js';
export { postAsGet, signedPost, unsignedGet } from './resources/post-as-get.js';
export { type CertificateNames, getRenewalInfo } from './resources/renewal-info.js';
export { revokeCertificate, type RevokeCertificateOptions } from './resources/revoke-certificate.js';

export { challengeTask } from './solvers/challenge-task.js';
export { dns01, type Dns01Options, txtRecord, type TxtRecord } from './solvers/dns01.js';

export type { IssuanceOptions } from './workflows/issuance-options.js';
export { obtainCertificate, type ObtainCertificateOptions } from './workflows/obtain-certificate.js';
export { resumeOrder } from './workflows/resume-order.js';
export { toCertificate } from './workflows/to-certificate.js';
