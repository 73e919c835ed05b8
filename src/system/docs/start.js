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

fetch('/openapi.json')
  .then((response) => response.json())
  .then((content) => {
    for (const item of Object.values(content.paths)) {
      METHODS.filter((method) => item[method]).forEach((method) => withRolesAndCodes(item[method]));
    }
    document.getElementById('contents')?.remove();
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
