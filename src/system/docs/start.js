// The page of the document. Nothing is loaded from or sent to anywhere but this service.
Scalar.createApiReference('#document', {
  url: '/openapi.json',
  servers: [{ url: window.location.origin }],
  proxyUrl: '',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
});
