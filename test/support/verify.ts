// Verifies a request as its receiver would, by the libraries it would use and not by our own code.
import { Webhook } from "standardwebhooks";

export interface Arrived {
	readonly url: string;
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly deliveryId: string;
	/** The number of the attempt. */
	readonly number: number;
	/** What it was answered; null while or where it was not. */
	status: number | null;
}

/**
 * What is wrong with a request's headers and signatures.
 * @param secrets those that must sign it, the newest first
 * @param claimedAt since when it may have been signed, should the clock have jumped meanwhile
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
