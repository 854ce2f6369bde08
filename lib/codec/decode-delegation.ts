import type { CsrTemplate, Delegation, TemplateKeyType } from '../model/delegation.js';
import type { JsonObject } from '../model/json.js';
import { defined } from './defined.js';
import { contextOf, type Members, membersOf, type Received, requiredObject, requiredObjects } from './received.js';
import { isArray, isObject, ownMember, textOf, textsOf } from './tolerant.js';

/**
 * A delegation. What is malformed within its template is left out, and stays in `raw`. Throws
 * {@link AcmeProtocolError} where `csr-template` is missing or no object, or its `keyTypes` are no objects.
 *
 * @see RFC 9115 §2.3.1.2
 */
export function decodeDelegation(received: Received): Delegation {
  const members = membersOf(received, 'delegation');
  return {
    ...contextOf(received),
    csrTemplate: readTemplate(requiredObject(members, 'csr-template')),
    cnameMap: stringsOf(members.object, 'cname-map'),
    raw: members.object,
  };
}

function readTemplate(members: Members): CsrTemplate {
  const extensions = objectOf(members.object, 'extensions');
  const names = objectOf(extensions, 'subjectAltName');
  return {
    keyTypes: requiredObjects(members, 'keyTypes').map(({ object }) => readKeyType(object)),
    subject: stringsOf(members.object, 'subject'),
    dnsNames: listOf(names, 'DNS'),
    emailAddresses: listOf(names, 'Email'),
    uris: listOf(names, 'URI'),
    keyUsage: listOf(extensions, 'keyUsage'),
    extendedKeyUsage: listOf(extensions, 'extendedKeyUsage'),
    raw: members.object,
  };
}

function readKeyType(raw: JsonObject): TemplateKeyType {
  const bits = ownMember(raw, 'PublicKeyLength');
  return defined({
    publicKeyType: textOf(raw, 'PublicKeyType') ?? '',
    publicKeyLength: typeof bits === 'number' ? bits : undefined,
    namedCurve: textOf(raw, 'namedCurve'),
    signatureType: textOf(raw, 'SignatureType'),
  });
}

function objectOf(raw: JsonObject, name: string): JsonObject {
  const value = ownMember(raw, name);
  return isObject(value) ? value : {};
}

/** A list of texts; one text, such as `**`, counts as a list of it. */
function listOf(raw: JsonObject, name: string): readonly string[] {
  const text = isArray(ownMember(raw, name)) ? undefined : textOf(raw, name);
  return text === undefined ? textsOf(raw, name) : [text];
}

const stringsOf = (raw: JsonObject, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectOf(raw, name)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
