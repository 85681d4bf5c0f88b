// Verifies a request as its receiver would, with common libraries and not with our own code.
import { Webhook } from "standardwebhooks";

export interface Arrived {
	readonly url: string;
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly deliveryId: string;
	/** The number of the attempt. */
	readonly number: number;
	/** The status of the answer; null if there is none. */
	status: number | null;
}

/**
 * The problems of a request's headers and signatures.
 * @param secrets the secrets that must sign it, newest first
 * @param claimedAt the earliest time of signing, in case the clock has jumped
 */
export async function signatureProblems(
	arrived: Arrived,
	secrets: readonly string[],
	claimedAt: number,
): Promise<string[]> {
	const { headers, body, deliveryId } = arrived;
	const signatures = headers["webhook-signature"]?.split(" ") ?? [];
	const [oldest] = secrets.toReversed();
	const older = oldest === undefined ? undefined : `sha256=${await hmacHex(oldest, body)}`;
	const signedAt = Number(headers["webhook-timestamp"]) * 1_000;
	const [first = 0, last = 0] = [claimedAt, Date.now()].toSorted((one, other) => one - other);
	return [
		...(headers["webhook-id"] === deliveryId ? [] : ["two ids"]),
		...(headers["webhook-timestamp"] === headers["x-webhook-timestamp"] ? [] : ["two timestamps"]),
		...(signedAt > first - 1_000 && signedAt <= last ? [] : ["not the time of the attempt"]),
		...(signatures.length === secrets.length ? [] : [`${signatures.length} of ${secrets.length} signatures`]),
		...secrets.flatMap((secret, index) =>
			verifies(secret, { ...headers, "webhook-signature": signatures[index] ?? "" }, body)
				? []
				: [`signature ${index + 1} does not verify`],
		),
		...(headers["x-webhook-signature-256"] === older ? [] : ["the older signature does not verify"]),
	].map((problem) => `${deliveryId}, attempt ${arrived.number}: ${problem}`);
}

function verifies(secret: string, headers: Record<string, string>, body: string): boolean {
	try {
		new Webhook(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
}

async function hmacHex(secret: string, body: string): Promise<string> {
	const bytes = (text: string) => new TextEncoder().encode(text);
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
	const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
	return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
