// The page of the OpenAPI document. Nothing is loaded from or sent to anywhere but this service. The document is
// fetched while the browser reads the script of the viewer: see the preload in index.html.
fetch('/openapi.json')
  .then((response) => response.json())
  .then((content) => {
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
