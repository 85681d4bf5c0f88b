// Starts the API reference. A file of its own, because the page's policy allows no script inside it.

// The viewer validates with zod, which would try whether the policy lets it compile code. It doesn't, so don't try.
globalThis.__zod_globalConfig = { jitless: true };

addEventListener("DOMContentLoaded", () => {
	Scalar.createApiReference("#reference", {
		url: "/openapi.json",
		title: "Leadwire",
		// Nothing of this page goes anywhere but to this host, and a key typed in is gone when the page is.
		withDefaultFonts: false,
		telemetry: false,
		agent: { disabled: true },
		mcp: { disabled: true },
		hideClientButton: true,
		showDeveloperTools: "never",
		orderSchemaPropertiesBy: "preserve",
		orderRequiredPropertiesFirst: false,
		persistAuth: false,
		// llms.txt links to operations and events by these addresses.
		generateOperationSlug: ({ operationId }) => operationId,
		generateWebhookSlug: ({ name }) => name,
		authentication: { preferredSecurityScheme: "ApiKeyAuth" },
		defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
		metaData: { title: "Leadwire API reference" },
	});
});
