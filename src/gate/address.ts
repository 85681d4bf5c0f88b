// Limits how often requests without a valid key from one address may cause work in a database. The platform's rate limiter
// counts, per location and approximately; without its binding there is no limit.
import type { Bindings } from "../env.ts";
import { AppError } from "../errors.ts";

const RETRY_AFTER_SECONDS = 60;
const NETWORK_GROUPS = 4;

/**
 * Counts a request without a valid key against the network that it comes from, separately for each `purpose`.
 * @throws AppError 429 after a hundred of them in a minute
 */
export const admitAddress = (
	env: Bindings,
	headers: Headers,
	purpose: "key" | "health" | "form" | "script",
) => count(env.ADDRESS_LIMITER, headers, purpose, "requests without a valid key");

/**
 * Counts an answer to a public form against the network that it comes from.
 * @throws AppError 429 after twenty of them in a minute
 */
export const admitAnswer = (env: Bindings, headers: Headers, formId: string) =>
	count(env.FORM_LIMITER, headers, formId, "answers to this form");

async function count(limiter: RateLimit | undefined, headers: Headers, purpose: string, what: string) {
	const address = addressOf(headers);
	if (address === null || !limiter) return;
	const { success } = await limiter.limit({ key: `${purpose}/${networkOf(address)}` });
	if (success) return;
	throw new AppError(
		"TOO_MANY_REQUESTS",
		`Too many ${what} were sent from your address; retry in ${RETRY_AFTER_SECONDS} s.`,
		undefined,
		{ "Retry-After": String(RETRY_AFTER_SECONDS) },
	);
}

/** The address that a request comes from; null if it is unknown. Cloudflare sets this header itself; a caller can't. */
export const addressOf = (headers: Headers): string | null => headers.get("cf-connecting-ip");

/** An IPv4 address unchanged; of an IPv6 address the first 64 bits, which usually belong to one household. */
export function networkOf(address: string): string {
	if (!address.includes(":")) return address;
	const [before = [], after = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
	const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
	const groups = [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS);
	return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
