const essence = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/**
 * Type and subtype of a `Content-Type` header in lower case, without parameters. Empty where the header is absent or
 * says something else. Of a repeated header the first counts.
 *
 * @see RFC 9110 §8.3.1
 */
export function mediaType(value: string | undefined): string {
  const first = value?.split(/[;,]/, 1)[0]?.trim() ?? '';
  return essence.test(first) ? first.toLowerCase() : '';
}
