/** What must not get past the collector, and what must: texts as apps write them. None of the secrets is real. */

export interface Secret {
  readonly what: string;
  /** With the secret between ⟦ and ⟧. */
  readonly text: string;
}

/** Wherever they stand: in a name, a message, an attribute, a body. */
export const secretTexts: readonly Secret[] = [
  { what: 'an e-mail address', text: 'login failed for ⟦ada.lovelace+shop@example.co.uk⟧' },
  { what: 'an e-mail address in a URL', text: '/reset?mail=⟦ada%40example.org⟧&lang=en' },
  { what: 'a card number', text: 'charging ⟦4111 1111 1111 1111⟧ now' },
  { what: 'a card number with dashes', text: 'card ⟦5500-0055-5555-5559⟧ declined' },
  { what: 'a card number of American Express', text: 'amex:⟦378282246310005⟧' },
  { what: 'a JSON Web Token', text: 'got ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U⟧' },
  { what: 'a bearer token', text: 'authorization: Bearer ⟦s3cr3t-Value⟧' },
  { what: 'a bearer token without a name', text: 'sent Bearer ⟦abcdef0123456789abcdef⟧ upstream' },
  { what: 'basic credentials', text: 'Authorization=Basic ⟦dXNlcjpwYXNz⟧' },
  { what: 'a key of AWS', text: 'signing with ⟦AKIAIOSFODNN7EXAMPLE⟧' },
  { what: 'a token of GitHub', text: 'cloning with ⟦ghp_16C7e42F292c6912E7710c838347Ae178B4a⟧' },
  { what: 'the user of a URL', text: 'connecting to postgres://⟦shop:hunter2x⟧@db.internal:5432/shop' },
  { what: 'a secret parameter of a URL', text: 'GET /callback?state=7&access_token=⟦ya29.a0AfH6SMB⟧&x=1' },
  { what: 'a key of an API in a URL', text: 'https://api.example.com/v1/rates?api_key=⟦k-93jf8⟧' },
  { what: 'a signature', text: 'https://s3.example.com/o?X-Amz-Signature=⟦fe5f80f77d5fa3beca038a248ff027⟧' },
  { what: 'a password in JSON', text: '{"user":"ada","password":"⟦correct horse battery⟧","remember":true}' },
  { what: 'a password in JSON within JSON', text: '{"body":"{\\"user\\":\\"ada\\",\\"password\\":\\"⟦hunter3x⟧\\"}"}' },
  { what: 'a password in a connection string', text: 'Server=db;User Id=shop;Password=⟦hunter4x⟧;Encrypt=true' },
  { what: 'a password with a blank after the colon', text: 'password: ⟦hunter5x⟧' },
  { what: 'a cookie', text: 'Cookie: ⟦sid=31d4d96e407aad42⟧' },
  { what: 'a private key', text: '-----BEGIN RSA PRIVATE KEY-----\n⟦MIIEpAIBAAKCAQEA⟧\n-----END RSA PRIVATE KEY-----' },
  { what: 'a social security number', text: 'ssn ⟦078-05-1120⟧' },
];

/** By the name of the attribute, whatever the value is. */
export const secretKeys: readonly string[] = [
  'password',
  'user.password',
  'db.passwd',
  'clientSecret',
  'accessToken',
  'refresh_token',
  'x-api-key',
  'http.request.header.authorization',
  'http.request.header.cookie',
  'http.response.header.set-cookie',
  'aws.access_key_id',
  'sessionId',
  'connectionString',
  'card_number',
  'phone',
  'pin',
];

/** What looks like a secret and is none: it must arrive as it was. */
export const harmless: Readonly<Record<string, string | number>> = {
  'gen_ai.usage.input_tokens': 4211,
  'http.response.status_code': 200,
  'url.path': '/orders/4111/items/1111',
  'order.number': '4111-1111',
  'timestamp.ns': '1785600000000000000',
  'duration.ms': 0.4111111111111111,
  uuid: '4f9d2c1e-4111-4111-8111-411111111111',
  'code.file': 'file:///srv/app/node_modules/.pnpm/fastify@5.12.8/node_modules/fastify/fastify.js',
  'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  'process.command': 'node --import ./otel.js server.js',
  'auth.scheme': 'Bearer authentication is required',
  'url.query': 'page=2&sort=token_count&author=ada',
  'db.operation': 'SELECT products',
  'k8s.pod.name': 'shop-7d9c5b6f4-x2x9z',
  'network.peer.address': '10.244.13.37',
  'http.route': '/accounts/:id/password',
  'session.id': '3c2a',
};
