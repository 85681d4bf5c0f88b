// Checks of webhook URLs, in production and in development, and what they say.

export const strict = {
	allowInsecure: false,
	ownHosts: ["api.leadwire.example", "crm.example.org:8443", "Bücher.example."],
};

export const insecure = { allowInsecure: true, ownHosts: ["localhost:8787"] };

export const IP = "Must name a host by its domain name, not by an IP address.";
export const NOT_PUBLIC = "Must name a host on the public internet.";
export const NOT_FULL = "Must name a public host by its full domain name.";
export const SCHEME = "Must begin with https://.";
export const RAW = "Must not contain blanks, control characters or backslashes.";
export const USER = "Must not carry a user name or password.";
export const PORT = "Must use port 443 or 8443.";
export const OWN = "Must not be one of our own hosts.";
export const INVALID = "Must be a valid URL.";
export const LONG = "Must be at most 2,048 characters.";
