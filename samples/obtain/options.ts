import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CertificateKeyType, type Identifier, toIdentifier } from 'rxacme';

/** What the command line asks for. */
export interface Options {
  readonly directory: string | undefined;
  readonly domains: readonly Identifier[];
  readonly email: string | undefined;
  readonly out: string;
  readonly accountKey: string | undefined;
  readonly keyType: CertificateKeyType;
  readonly agreeToTerms: boolean;
  readonly ca: string | undefined;
  readonly httpPort: number;
  readonly resume: string | undefined;
}

export const usage = `Obtains a certificate and writes fullchain.pem and privkey.pem.

  npm start                                         from a test CA that is started for it
  npm start -- --directory URL --domain NAME ...    from any CA

  --directory URL     the CA's directory; https://acme-staging-v02.api.letsencrypt.org/directory, say
  --domain NAME       a host name or an IP address; may be repeated
  --email ADDRESS     a contact for the account
  --agree-tos         agree to the CA's terms of service
  --out FOLDER        where the files go (default: out)
  --account-key FILE  the account's key, PKCS#8 PEM; made if it is not there (default: FOLDER/account.pem)
  --key-type TYPE     P-256 (default), P-384, RSA-2048, RSA-3072 or RSA-4096
  --http-port PORT    where to answer the CA's http-01 question (default: 80)
  --ca-file FILE      roots to trust for the CA's own HTTPS, PEM
  --resume URL        go on with an order that was interrupted
  --help              this text`;

const keyTypes: readonly CertificateKeyType[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'];

/** Reads the command line; `undefined` asks for help. Throws an error whose message is for the user. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      directory: { type: 'string' },
      domain: { type: 'string', multiple: true, default: [] },
      email: { type: 'string' },
      out: { type: 'string', default: 'out' },
      'account-key': { type: 'string' },
      'key-type': { type: 'string', default: 'P-256' },
      'agree-tos': { type: 'boolean', default: false },
      'ca-file': { type: 'string' },
      'http-port': { type: 'string', default: '80' },
      resume: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.directory !== undefined && values.domain.length === 0 && values.resume === undefined) {
    throw new Error('--domain is missing: name at least one host name or IP address');
  }
  const keyType = keyTypes.find((each) => each === values['key-type']);
  if (keyType === undefined)
    throw new Error(`--key-type must be one of ${keyTypes.join(', ')}, not ${values['key-type']}`);
  const httpPort = Number(values['http-port']);
  if (!Number.isInteger(httpPort) || httpPort < 1 || httpPort > 65_535) {
    throw new Error(`--http-port must be a port from 1 to 65535, not ${values['http-port']}`);
  }
  return {
    directory: values.directory,
    domains: values.domain.map(toIdentifier),
    email: values.email,
    out: values.out,
    accountKey: values['account-key'],
    keyType,
    agreeToTerms: values['agree-tos'],
    ca: values['ca-file'] === undefined ? undefined : readCa(values['ca-file']),
    httpPort,
    resume: values.resume,
  };
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`--ca-file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
