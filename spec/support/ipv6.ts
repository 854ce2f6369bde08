import { networkInterfaces } from 'node:os';

/** Whether this machine has the IPv6 loopback address; specs about it say in their title that they go without. */
export const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

/** For titles. */
export const withIpv6 = hasIpv6 ? 'IPv4 and IPv6' : 'IPv4 (this machine has no IPv6)';

/** What is only there with IPv6. */
export const only6 = <T>(...values: readonly T[]): readonly T[] => (hasIpv6 ? values : []);
