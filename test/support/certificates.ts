/** X.509 certificates for tests of TLS, made on the spot from an elliptic-curve key; just enough of DER for that. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** Signed by `issuer`, or by itself; good for 127.0.0.1 and localhost, from yesterday to tomorrow. */
export function createCertificate(
  commonName: string,
  issuer?: Certificate & { readonly commonName: string },
): Certificate & { readonly commonName: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer?.commonName ?? commonName),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(issuer === undefined))),
  );
  const signature = sign('sha256', toBeSigned, issuer ? createPrivateKey(issuer.key) : privateKey);
  const der = sequence(toBeSigned, ecdsaWithSha256, encode(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const cert = `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  return { cert, key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })), commonName };
}

function extensions(isAuthority: boolean): Buffer[] {
  const basicConstraints = sequence(...(isAuthority ? [encode(0x01, Buffer.from([0xff]))] : []));
  const alternativeNames = sequence(encode(0x87, Buffer.from([127, 0, 0, 1])), encode(0x82, Buffer.from('localhost')));
  return [
    sequence(objectId(0x55, 0x1d, 0x13), encode(0x04, basicConstraints)),
    sequence(objectId(0x55, 0x1d, 0x11), encode(0x04, alternativeNames)),
  ];
}

function encode(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

const sequence = (...items: readonly Uint8Array[]): Buffer => encode(0x30, Buffer.concat(items));
const explicit = (number: number, content: Uint8Array): Buffer => encode(0xa0 + number, content);
const integer = (bytes: Uint8Array): Buffer => encode(0x02, bytes);
const objectId = (...bytes: readonly number[]): Buffer => encode(0x06, Buffer.from(bytes));
const time = (at: number): Buffer => encode(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
const nameOf = (commonName: string): Buffer =>
  sequence(encode(0x31, sequence(objectId(0x55, 0x04, 0x03), encode(0x0c, Buffer.from(commonName)))));
const ecdsaWithSha256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
