// Checks of webhook URLs, in production and in development.

export const strict = {
	allowInsecure: false,
	ownHosts: ["api.leadwire.example", "crm.example.org:8443", "Bücher.example."],
};

export const insecure = { allowInsecure: true, ownHosts: ["localhost:8787"] };
