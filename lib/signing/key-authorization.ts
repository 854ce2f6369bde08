/**
 * What proves control of a challenge: its token and the account key's thumbprint.
 *
 * @see RFC 8555 §8.1
 */
export const keyAuthorization = (token: string, thumbprint: string): string => `${token}.${thumbprint}`;
