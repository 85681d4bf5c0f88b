// Standard Webhooks: https://www.standardwebhooks.com
import { createHmac, timingSafeEqual } from "node:crypto";

const MAX_CLOCK_SKEW_SECONDS = 300;

/**
 * Whether a body comes from the one who knows the secret, unchanged, and within five minutes.
 * @param headers with lower-case names
 * @param body the bytes as they came
 * @param now in milliseconds
 */
export function isSigned(
	secret: string,
	headers: Readonly<Record<string, unknown>>,
	body: Buffer | string,
	now = Date.now(),
): boolean {
	const timestamp = headers["webhook-timestamp"];
	if (!(Math.abs(now / 1_000 - Number(timestamp)) <= MAX_CLOCK_SKEW_SECONDS)) return false;
	const key = Buffer.from(secret.replace("whsec_", ""), "base64");
	const mac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${timestamp}.`).update(body);
	const expected = Buffer.from(`v1,${mac.digest("base64")}`);
	return String(headers["webhook-signature"] ?? "")
		.split(" ")
		.some((one) => {
			const given = Buffer.from(one);
			return given.length === expected.length && timingSafeEqual(given, expected);
		});
}
