// A real OpenID provider (npm oidc-provider) on a port of this machine, with fresh keys at each start.
// `node provider.mjs PORT AUDIENCE CLIENTS` where CLIENTS is {client_id: {secret, claims, alg, sub}} as JSON.
// Prints "ready" once it listens. Exits when its standard input closes, so that it never outlives a test.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, audience, text] = process.argv.slice(2);
const clients = JSON.parse(text);

function key(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg, use: 'sig' };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key('ES256', 'ec', { namedCurve: 'P-256' }), key('RS256', 'rsa', { modulusLength: 2048 })] },
  clients: Object.entries(clients).map(([client_id, { secret }]) => ({
    client_id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      // `resource` is the API that the token is for. Only one of them is ours.
      getResourceServerInfo: (ctx, resource, client) => ({
        scope: '',
        audience: resource === 'urn:ours' ? audience : resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: clients[client.clientId].alg ?? 'ES256' } },
      }),
    },
  },
  extraTokenClaims: (ctx, token) => clients[token.clientId].claims,
  formats: {
    customizers: {
      // The token of a person, which would otherwise need a browser.
      jwt: (ctx, token, { payload }) => {
        const { sub } = clients[token.clientId];
        if (sub) payload.sub = sub;
      },
    },
  },
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit(0));
