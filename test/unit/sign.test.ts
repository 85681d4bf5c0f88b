import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSecret, secretPrefix, signingKey } from "../../src/delivery/secret.ts";
import { type SigningSecrets, signatureHeaders } from "../../src/delivery/sign.ts";

const deliveryId = "whd_01h455vb4pex5vsknk084sn02q";

function sign(secrets: SigningSecrets | null, body: string, timestamp = Math.floor(Date.now() / 1_000)) {
	return signatureHeaders({ secrets, deliveryId, timestamp, body });
}

describe("X-Webhook-Signature-256", () => {
	it.each([
		// RFC 4231, test case 2
		[
			"Jefe",
			"what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		],
		// GitHub's documentation, "Validating webhook deliveries"
		[
			"It's a Secret to Everybody",
			"Hello, World!",
			"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
		],
	])("is the published HMAC for %j", async (secret, body, hex) => {
		expect(await sign({ current: secret }, body)).toHaveProperty("X-Webhook-Signature-256", `sha256=${hex}`);
	});

	it("takes the secret as UTF-8, prefix and all", async () => {
		const secret = newSecret();
		const key = await crypto.subtle.importKey(
			"raw",
			new TextEncoder().encode(secret),
			{ name: "HMAC", hash: "SHA-256" },
			false,
			["verify"],
		);
		const headers = await sign({ current: secret }, '{"é":1}');
		const hex = headers["X-Webhook-Signature-256"]?.slice("sha256=".length) ?? "";
		const signature = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
		expect(await crypto.subtle.verify("HMAC", key, signature, new TextEncoder().encode('{"é":1}'))).toBe(
			true,
		);
	});

	it("stays with the old secret, alone, while a rotation's grace runs", async () => {
		const old = await sign({ current: "the-old-secret-123" }, "{}");
		const during = await sign({ current: "the-new-secret-456", previous: "the-old-secret-123" }, "{}");
		expect(during["X-Webhook-Signature-256"]).toBe(old["X-Webhook-Signature-256"]);
	});
});

describe("webhook-signature", () => {
	it("is the published vector of Standard Webhooks", async () => {
		const headers = await signatureHeaders({
			secrets: { current: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
			deliveryId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
			timestamp: 1614265330,
			body: '{"test": 2432232314}',
		});
		expect(headers).toMatchObject({
			"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
			"webhook-timestamp": "1614265330",
			"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
		});
	});

	it("is accepted by the reference library for any body, and for no other", async () => {
		await fc.assert(
			fc.asyncProperty(fc.json(), fc.string({ unit: "binary", maxLength: 50 }), async (json, note) => {
				const body = JSON.stringify({ json, note });
				const secret = newSecret();
				const headers = await sign({ current: secret }, body);
				expect(new Webhook(secret).verify(body, headers)).toEqual({ json, note });
				expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
				expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow("No matching signature");
			}),
		);
	});

	it("is accepted under a caller's own secret in the library's raw format", async () => {
		const secret = "correct horse battery staple!".replaceAll(" ", "-");
		const headers = await sign({ current: secret }, "{}");
		expect(new Webhook(secret, { format: "raw" }).verify("{}", headers)).toEqual({});
	});

	it("carries the new secret's first and then the old one's during a rotation", async () => {
		const secrets = { current: newSecret(), previous: newSecret() };
		const now = Math.floor(Date.now() / 1_000);
		const both = await sign(secrets, "{}", now);
		const single = await Promise.all(
			[secrets.current, secrets.previous].map((secret) => sign({ current: secret }, "{}", now)),
		);
		expect(both["webhook-signature"]).toBe(single.map((each) => each["webhook-signature"]).join(" "));
		for (const secret of [secrets.current, secrets.previous]) {
			expect(new Webhook(secret).verify("{}", both)).toEqual({});
		}
	});
});

it("leaves an unsigned webhook its id and timestamp, and nothing that looks like a signature", async () => {
	expect(await sign(null, "{}", 1614265330)).toEqual({
		"webhook-id": deliveryId,
		"webhook-timestamp": "1614265330",
	});
});

it("never falls back to an unsigned request", async () => {
	await expect(sign({ current: "" }, "{}")).rejects.toThrow();
});

describe("a secret", () => {
	it("is made as whsec_ and 24 random bytes", () => {
		const secrets = Array.from({ length: 100 }, newSecret);
		for (const secret of secrets) {
			expect(secret).toMatch(/^whsec_[0-9A-Za-z+/]{32}$/);
			expect(signingKey(secret)).toHaveLength(24);
		}
		expect(new Set(secrets).size).toBe(100);
	});

	it("shows nine characters of a whsec_ secret, four of any other", () => {
		expect(secretPrefix("whsec_abcdefghijklmnopqrstuvwxyz012345")).toBe("whsec_abc");
		expect(secretPrefix("my-own-secret-0123")).toBe("my-o");
	});

	it.each([
		["24 bytes of base64", `whsec_${"QUJD".repeat(8)}`, "ABC".repeat(8)],
		["64 bytes of base64", `whsec_${btoa("x".repeat(64))}`, "x".repeat(64)],
		["23 bytes of base64", `whsec_${btoa("x".repeat(23))}`, null],
		["base64 without its padding", `whsec_${btoa("x".repeat(25)).replaceAll("=", "")}`, null],
		["base64url", `whsec_${"-_-_".repeat(8)}`, null],
		["anything else", "whsec_my-own-words-0123456789-abcdefghij", null],
		["base64 without the prefix", "QUJD".repeat(8), null],
		["the prefix in capitals", `WHSEC_${"QUJD".repeat(8)}`, null],
	])("of %s is decoded only where it must be", (_, secret, decoded) => {
		expect(new TextDecoder().decode(signingKey(secret))).toBe(decoded ?? secret);
	});
});
