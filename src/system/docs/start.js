// The page of the OpenAPI document. Nothing is loaded from or sent to anywhere but this service. The document is
// fetched while the browser reads the script of the viewer: see the preload in index.html.
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// The viewer shows no extensions, so roles and problem codes become part of the description.
function withRolesAndCodes(operation) {
  const list = (names) => names.map((name) => `\`${name}\``).join(', ');
  const parts = [operation.description ?? ''];
  const roles = operation['x-roles'] ?? operation['x-client-roles'];
  if (roles) {
    parts.push(`**Roles** ${list(roles)}${operation['x-person-only'] ? '; a person, not a client' : ''}`);
  }
  if (operation['x-problem-codes']?.length) {
    parts.push(`**Problem codes** ${list(operation['x-problem-codes'])}`);
  }
  operation.description = parts.join('\n\n');
}

// Every problem has the same body. Showing it 2,000 times costs a second, so a problem is shown by its description.
function withShortProblems(operation, shared) {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status >= '400') {
      const { description } = shared[response.$ref?.split('/').pop()] ?? response;
      operation.responses[status] = { description };
    }
  }
}

// A schema without `type` is valid, but the viewer's own check refuses it and then repairs the whole document, which
// takes it half a second.
function withTypes(node) {
  if (node === null || typeof node !== 'object') return;
  for (const schema of Object.values(node.properties ?? {})) {
    if (!schema.$ref) {
      schema.type ??= ['string', 'object', 'null'];
    }
  }
  Object.values(node).forEach(withTypes);
}

fetch('/openapi.json')
  .then((response) => response.json())
  .then((content) => {
    for (const item of Object.values(content.paths)) {
      for (const operation of METHODS.filter((method) => item[method]).map((method) => item[method])) {
        withRolesAndCodes(operation);
        withShortProblems(operation, content.components.responses);
      }
    }
    withTypes(content.components.schemas);
    Scalar.createApiReference('#document', {
      content,
      servers: [{ url: window.location.origin }],
      proxyUrl: '',
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
      hideClientButton: true,
    });
  });
