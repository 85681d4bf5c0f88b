import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { toBase64 } from "../../src/base64.ts";
import { newKeyringSecret, parseKeyring } from "../../src/keyring.ts";
import { SealError, seal, unseal } from "../../src/sealed.ts";

const filled = (byte: number, length = 32) => toBase64(new Uint8Array(length).fill(byte));

describe("a keyring", () => {
	it("has its first key active and accepts them all", () => {
		const ring = parseKeyring(`k2:${filled(2)},k1:${filled(1, 48)}`);
		expect(ring.active).toEqual({ id: "k2", bytes: new Uint8Array(32).fill(2) });
		expect(ring.all.map(({ id, bytes }) => [id, bytes.length])).toEqual([
			["k2", 32],
			["k1", 48],
		]);
	});

	it("forgives the line feed that piping a secret in leaves behind", () => {
		expect(parseKeyring(`k1:${filled(1)}\n`)).toEqual(parseKeyring(`k1:${filled(1)}`));
	});

	it("is parsed once per text", () => {
		const secret = newKeyringSecret();
		expect(parseKeyring(secret)).toBe(parseKeyring(secret));
	});

	it("is made fresh for the scripts", () => {
		const first = newKeyringSecret();
		expect(parseKeyring(first).active).toMatchObject({ id: "k1", bytes: { length: 32 } });
		expect(first).not.toBe(newKeyringSecret());
		expect(parseKeyring(newKeyringSecret()).active.id).toBe("k1");
	});

	it.each([
		["nothing", ""],
		["a key without an id", filled(1)],
		["an empty id", `:${filled(1)}`],
		["an id in capitals", `K1:${filled(1)}`],
		["an id of 17 characters", `${"k".repeat(17)}:${filled(1)}`],
		["a short key", `k1:${filled(1, 31)}`],
		["no key", "k1:"],
		["a key that isn't base64", `k1:${"*".repeat(44)}`],
		["a key in hex", `k1:${"ab".repeat(31)}a`],
		["an id twice", `k1:${filled(1)},k1:${filled(2)}`],
		["a comma at the end", `k1:${filled(1)},`],
		["a blank between", `k1:${filled(1)}, k2:${filled(2)}`],
	])("with %s is refused, naming the variable and showing no key", (_, secret) => {
		const message = catching(() => parseKeyring(secret, "ENCRYPTION_KEY"));
		expect(message).toMatch(/^ENCRYPTION_KEY must read id:base64,id:base64/);
		if (secret.length > 20) expect(message).not.toContain(secret.slice(-20, -1));
		expect(() => parseKeyring(secret)).toThrow("KEY_PEPPER or ENCRYPTION_KEY");
	});
});

describe("a sealed text", () => {
	const ring = parseKeyring(`k1:${filled(1)}`);
	const sealedSecret = () => seal(ring, "org_01", "webhook_01/secret", "whsec_x");
	const reason = (promise: Promise<string>) =>
		promise.then(
			(text) => `opened: ${text}`,
			(error) => (error instanceof SealError ? error.reason : `threw ${error}`),
		);

	it("opens to what went in", async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: "binary" }), fc.string(), fc.string(), async (text, org, scope) => {
				expect(await unseal(ring, org, scope, await seal(ring, org, scope, text))).toBe(text);
			}),
		);
		for (const text of ["", "\uFEFFwith a mark", "\0", "€".repeat(100_000)]) {
			expect(await unseal(ring, "org_01", "s", await seal(ring, "org_01", "s", text))).toBe(text);
		}
	});

	it("is what another implementation of HKDF and AES-GCM makes", async () => {
		// Made with OpenSSL: master key 00…1f, initialisation vector 100…111.
		const outside = parseKeyring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
		const sealed = "v1.k1.ZGVmZ2hpamtsbW5v.Ixp4rqNAs0aE4xAzQjXviI59G6SwfqZCDTlvAg";
		expect(await unseal(outside, "org_01", "webhook_01/secret", sealed)).toBe("whsec_é😀");
	});

	it("has the documented form, shows nothing of the text and differs each time", async () => {
		const first = await sealedSecret();
		expect(first).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]+$/);
		expect(first).not.toBe(await sealedSecret());
	});

	it("can only be opened for its own place", async () => {
		const sealed = await sealedSecret();
		expect(await reason(unseal(ring, "org_02", "webhook_01/secret", sealed))).toBe("refused");
		expect(await reason(unseal(ring, "org_01", "webhook_02/secret", sealed))).toBe("refused");
		expect(await reason(unseal(ring, "org_01", "webhook_01/headers", sealed))).toBe("refused");
		const other = parseKeyring(`k1:${filled(9)}`);
		expect(await reason(unseal(other, "org_01", "webhook_01/secret", sealed))).toBe("refused");
	});

	it("does not open once any of its bits is changed", async () => {
		const [version, id, iv = "", cipher = ""] = (await sealedSecret()).split(".");
		const flip = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);
		for (const changed of [
			[version, id, flip(iv), cipher],
			[version, id, iv, flip(cipher)],
			[version, id, iv, ""],
		]) {
			expect(await reason(unseal(ring, "org_01", "webhook_01/secret", changed.join(".")))).toBe("refused");
		}
	});

	it.each([
		"",
		"whsec_x",
		"v1.k1",
		"v2.k1.AAAAAAAAAAAAAAAA.AAAA",
		"v1.k1.AAAA.AAAA",
		"v1.k1.AAAAAAAAAAAAAAAA.A",
		"v1.k1.AAAAAAAAAAAAAAAA.AAAA.AAAA",
	])("is malformed as %j", async (sealed) => {
		expect(await reason(unseal(ring, "org_01", "s", sealed))).toBe("malformed");
	});

	it("outlives a rotation, and is unreadable once its key has left the ring", async () => {
		const sealed = await sealedSecret();
		const rotated = parseKeyring(`k2:${filled(2)},k1:${filled(1)}`);
		expect(await unseal(rotated, "org_01", "webhook_01/secret", sealed)).toBe("whsec_x");
		expect(await seal(rotated, "org_01", "s", "x")).toMatch(/^v1\.k2\./);
		const without = parseKeyring(`k2:${filled(2)}`);
		const gone = unseal(without, "org_01", "webhook_01/secret", sealed);
		await expect(gone).rejects.toThrow(/unknown_key.*made with the key k1\./);
	});

	it("derives an organization's key once, and remembers a thousand of them", async () => {
		const derive = vi.spyOn(crypto.subtle, "deriveKey");
		onTestFinished(() => derive.mockRestore());
		const fresh = parseKeyring(newKeyringSecret());
		const first = await seal(fresh, "org_0", "s", "first");
		for (let index = 1; index < 1_000; index += 1) await seal(fresh, `org_${index}`, "s", "x");
		expect(await unseal(fresh, "org_0", "s", first)).toBe("first");
		expect(derive).toHaveBeenCalledTimes(1_000);
		await seal(fresh, "org_1000", "s", "x");
		expect(await unseal(fresh, "org_0", "s", first)).toBe("first");
		expect(derive).toHaveBeenCalledTimes(1_002);
	});
});

function catching(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		return error instanceof Error ? error.message : "";
	}
	return "nothing was thrown";
}
