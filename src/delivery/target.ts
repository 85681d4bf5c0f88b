// Which URLs a webhook may have. Every rule checks the URL as the runtime will call it, not as it was written: the parser turns
// 2130706433, 0x7f.1, ①②⑦.⓪.⓪.① and %31%32%37.1 all into 127.0.0.1.
import { badRequest } from "../errors.ts";

/** The settings that the rules depend on. */
export interface TargetRules {
	/** For development: also allows `http://localhost` and `http://127.0.0.1`, on any port. */
	readonly allowInsecure: boolean;
	/** Our own hosts, in any spelling, with or without a port: a webhook may not call this service. */
	readonly ownHosts: readonly string[];
}

const MAX_CHARACTERS = 2_048;
const ALLOWED_PORTS = new Set(["", "8443"]);
const LOOPBACK = new Set(["localhost", "127.0.0.1"]);
const IP_LITERAL = /^\[|^\d+\.\d+\.\d+\.\d+$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/;

// Names, and all names below them, that have a meaning only inside a network, or that resolve to the address they contain
// (10.0.0.1.nip.io).
const PRIVATE_NAMES = ["localhost", "localdomain", "local", "internal", "home.arpa", "onion"];
const METADATA_NAMES = [
	"metadata.goog",
	"metadata.packet.net",
	"metadata.platformequinix.com",
	"metadata.tencentyun.com",
];
const ADDRESS_NAMES = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me"];
const REFUSED_NAMES = [...PRIVATE_NAMES, ...METADATA_NAMES, ...ADDRESS_NAMES];

/**
 * Why a webhook may not have this URL, in plain words, or null when it may. Store and call `new URL(url).href`: an accepted URL
 * is accepted in that form too. Names are not resolved; the Worker's egress reaches no private network.
 */
export function targetProblem(url: string, rules: TargetRules): string | null {
	if (url.length > MAX_CHARACTERS) return "Must be at most 2,048 characters.";
	// The parser drops or replaces all of these, and parsers differ in how.
	if (/[\p{Cc}\s\\]/u.test(url)) return "Must not contain blanks, control characters or backslashes.";
	if (!/^https?:\/\/[^/]/i.test(url)) return "Must begin with https://.";
	if (/^[^/]+\/\/[^/?#]*@/.test(url)) return "Must not carry a user name or password.";
	const parsed = parse(url);
	if (!parsed) return "Must be a valid URL.";
	if (parsed.href.length > MAX_CHARACTERS) return "Must be at most 2,048 characters.";
	if (rules.allowInsecure && parsed.protocol === "http:" && LOOPBACK.has(parsed.hostname)) {
		return isOwnLoopback(parsed, rules.ownHosts) ? "Must not be one of our own hosts." : null;
	}
	if (parsed.protocol !== "https:") return "Must begin with https://.";
	if (!ALLOWED_PORTS.has(parsed.port)) return "Must use port 443 or 8443.";
	return hostProblem(parsed.hostname, rules.ownHosts);
}

/**
 * The URL of a body as it is stored.
 * @param host the host that the request was sent to, which is one of our own
 * @throws AppError 400
 */
export function acceptedTarget(url: string, rules: TargetRules, host: string): string {
	const problem = targetProblem(url, { ...rules, ownHosts: [...rules.ownHosts, host] });
	if (problem) throw badRequest("url", problem);
	return new URL(url).href;
}

function hostProblem(hostname: string, ownHosts: readonly string[]): string | null {
	if (IP_LITERAL.test(hostname)) return "Must name a host by its domain name, not by an IP address.";
	const name = withoutTrailingDot(hostname);
	if (!DOMAIN.test(name)) return "Must name a public host by its full domain name.";
	if (REFUSED_NAMES.some((refused) => name === refused || name.endsWith(`.${refused}`))) {
		return "Must name a host on the public internet.";
	}
	const own = ownHosts.some((host) => withoutTrailingDot(parse(`http://${host}`)?.hostname ?? "") === name);
	return own ? "Must not be one of our own hosts." : null;
}

// On loopback the port distinguishes this service from a receiver on the same machine; both names mean that machine.
function isOwnLoopback(target: URL, ownHosts: readonly string[]): boolean {
	return ownHosts.some((host) => {
		const own = parse(`http://${host}`);
		return own !== null && LOOPBACK.has(own.hostname) && own.port === target.port;
	});
}

function parse(url: string): URL | null {
	return URL.canParse(url) ? new URL(url) : null;
}

// "example.com." is the same host as "example.com", in absolute form.
function withoutTrailingDot(hostname: string): string {
	return hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
}
