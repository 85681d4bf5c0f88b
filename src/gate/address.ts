// How often an address may make us look into the database before anybody knows who is calling. The platform's own limiter
// counts (per location, not to the last one); a server without it goes without.
import type { Bindings } from "../env.ts";
import { AppError } from "../errors.ts";

const SECONDS = 60;
const GROUPS_OF_A_NETWORK = 4;

/**
 * Counts a request that has no valid key so far, of the kind that `purpose` names, against where it comes from.
 * @throws AppError 429 after a hundred of them in a minute
 */
export async function admitAddress(
	env: Bindings,
	headers: Headers,
	purpose: "key" | "health",
): Promise<void> {
	// Cloudflare sets it, whatever a caller says.
	const address = headers.get("cf-connecting-ip");
	if (!address || !env.ADDRESS_LIMITER) return;
	const { success } = await env.ADDRESS_LIMITER.limit({ key: `${purpose}/${networkOf(address)}` });
	if (success) return;
	throw new AppError(
		"TOO_MANY_REQUESTS",
		`Too many requests without a valid key came from your address; retry in ${SECONDS} s.`,
		undefined,
		{ "Retry-After": String(SECONDS) },
	);
}

/** An IPv4 address as it is; of an IPv6 one the first 64 bits, all of which one household has. */
export function networkOf(address: string): string {
	if (!address.includes(":")) return address;
	const [before = [], after = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
	const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
	const groups = [...before, ...zeros, ...after].slice(0, GROUPS_OF_A_NETWORK);
	return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
