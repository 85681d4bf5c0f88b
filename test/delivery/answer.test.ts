// What is kept of a receiver's answer: a bounded part of its body and headers, as text that a database can hold.
import { describe, expect, it } from "vitest";
import { attempt } from "../../src/delivery/attempt.ts";
import { secretsIn } from "../../src/delivery/headers.ts";
import { received, receiver, to } from "./attempting.ts";

describe("the answer's body", () => {
	it("is kept whole up to 16 KiB", async () => {
		const whole = await to("/body/16384");
		expect(whole).toMatchObject({ responseBody: "a".repeat(16_384), responseTruncated: false });
		const more = await to("/body/16385");
		expect(more).toMatchObject({ ok: true, responseBody: "a".repeat(16_384), responseTruncated: true });
		expect(await to("/status/204")).toMatchObject({ responseBody: "", responseTruncated: false });
	});

	it("is not cut within a character", async () => {
		const { responseBody } = await to(`/body/20001?fill=${encodeURIComponent("€")}`);
		expect(responseBody).toBe("€".repeat(5_461));
	});

	it("has 16 KiB as it is stored, when invalid bytes and U+0000 take three bytes each", async () => {
		for (const fill of ["ff", "00"]) {
			const short = await to(`/body/5461?hex=${fill.repeat(5_461)}`);
			expect(short).toMatchObject({ responseBody: "\uFFFD".repeat(5_461), responseTruncated: false });
			const long = await to(`/body/5462?hex=${fill.repeat(5_462)}`);
			expect(long).toMatchObject({ responseBody: "\uFFFD".repeat(5_461), responseTruncated: true });
		}
	});

	it("becomes text that a database can hold", async () => {
		const { responseBody } = await to("/body/4?hex=41ff0042");
		expect(responseBody).toBe("A\uFFFD\uFFFDB");
		expect((await to("/body/3?hex=efbbbf")).responseBody).toBe("\uFEFF");
	});

	it.each(["slow-body", "stall"])("may never end: %s is success within the time allowed", async (path) => {
		const before = Date.now();
		const outcome = await to(`/${path}/${path}-late`, { timeoutMs: 400 });
		expect(outcome).toMatchObject({ ok: true, statusCode: 200, error: null, responseTruncated: true });
		expect(outcome.responseBody).toMatch(path === "stall" ? /^half\.$/ : /^\.+$/);
		expect(outcome.durationMs).toBeLessThan(300);
		expect(Date.now() - before).toBeLessThan(1_500);
		expect(await received(`${path}-late`, "?closed=true")).toMatchObject([{ closed: true }]);
	});

	it("is kept as far as it came when the connection breaks", async () => {
		const outcome = await to("/cut");
		expect(outcome).toMatchObject({ ok: true, responseBody: "half.", responseTruncated: true });
	});

	it("is cancelled after 64 KiB when it is endless", async () => {
		const before = Date.now();
		const outcome = await to("/endless/flood");
		expect(outcome).toMatchObject({ ok: true, responseTruncated: true });
		expect(outcome.responseBody).toHaveLength(16_384);
		expect(Date.now() - before).toBeLessThan(2_000);
		expect(await received("flood", "?closed=true")).toMatchObject([{ closed: true }]);
	});

	it("is not unpacked beyond that when it is a gzip bomb", async () => {
		const before = Date.now();
		const outcome = await to("/gzip-bomb");
		expect(outcome).toMatchObject({ ok: true, responseBody: "a".repeat(16_384), responseTruncated: true });
		expect(Date.now() - before).toBeLessThan(2_000);
	});

	it("is read no further than 64 KiB", async () => {
		let pulled = 0;
		let cancelled = false;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				pulled += 4_096;
				controller.enqueue(new Uint8Array(4_096));
			},
			cancel() {
				cancelled = true;
			},
		});
		const request = { url: "https://example.com/", method: "POST", headers: {}, body: "", timeoutMs: 1_000 };
		expect(await attempt(request, async () => new Response(body))).toMatchObject({ responseTruncated: true });
		expect(pulled).toBeLessThanOrEqual(68 * 1_024);
		expect(pulled).toBeGreaterThanOrEqual(64 * 1_024);
		expect(cancelled).toBe(true);
	});
});

describe("the answer's headers", () => {
	const stored = (kept: object | null) => new TextEncoder().encode(JSON.stringify(kept)).length;

	it("are kept without cookies, 50 of them", async () => {
		const { responseHeaders, responseTruncated } = await to("/headers/60/200");
		expect(responseTruncated).toBe(true);
		expect(await to("/headers/10/200"), "cookies are no part that is missing").toMatchObject({
			responseTruncated: false,
		});
		expect(Object.keys(responseHeaders ?? {})).toHaveLength(50);
		expect(responseHeaders).not.toHaveProperty("set-cookie");
		expect(responseHeaders?.["x-filler-0"]).toBe("v".repeat(200));
	});

	it("are kept by 1,024 characters each and 16 KiB together as they are stored; what doesn't fit is left out", async () => {
		const { responseHeaders, responseTruncated } = await to("/headers/60/2000");
		expect(responseTruncated).toBe(true);
		expect((await to("/headers/20/1024")).responseTruncated, "more than 16 KiB").toBe(true);
		expect((await to("/headers/1/1025")).responseTruncated, "a value cut").toBe(true);
		expect((await to("/headers/1/1024")).responseTruncated).toBe(false);
		expect(responseHeaders?.["x-filler-0"]).toBe("v".repeat(1_024));
		expect(stored(responseHeaders)).toBeLessThanOrEqual(16_384);
		expect(stored(responseHeaders)).toBeGreaterThan(16_384 - 1_100);
		const quotes = Array.from({ length: 50 }, (_, index) => [`x-${index}`, '"'.repeat(1_024)] as const);
		const response = new Response(null, { headers: [...quotes, ["z-last", "small"]] });
		const request = { url: "https://example.com/", method: "POST", headers: {}, body: "", timeoutMs: 1_000 };
		const kept = (await attempt(request, async () => response)).responseHeaders;
		expect(stored(kept)).toBeLessThanOrEqual(16_384);
		expect(stored(kept)).toBeGreaterThan(16_384 - 2_100);
		expect(kept).toHaveProperty("z-last", "small");
	});

	it("are text that a database can hold, under names of a sane length", async () => {
		const cut = await to(`/headers/0/0?name=x-cut&value=${encodeURIComponent(`${"v".repeat(1_023)}😀`)}`);
		expect(cut.responseHeaders).toHaveProperty("x-cut", `${"v".repeat(1_023)}\uFFFD`);
		const [longest, longer] = ["n".repeat(256), "n".repeat(257)];
		expect((await to(`/headers/0/0?name=${longest}&value=v`)).responseHeaders).toHaveProperty(longest, "v");
		const without = await to(`/headers/0/0?name=${longer}&value=v`);
		expect(without.responseHeaders).not.toHaveProperty(longer);
		expect(without.responseTruncated).toBe(true);
	});
});

describe("a secret that the receiver sends back", () => {
	const answered = (body: string, secrets: readonly string[], headers: Record<string, string> = {}) =>
		attempt(
			{ url: receiver, method: "POST", headers: {}, body: "{}", timeoutMs: 5_000, secrets },
			async () => new Response(body, { headers }),
		);

	it("is masked in the body and the headers, with its scheme or without, and in JSON", async () => {
		const secrets = secretsIn({
			Authorization: "Bearer top secret",
			"X-Api-Key": 'k-"12345678"',
			"X-A": "a",
		});
		const outcome = await answered('a top secret, {"key":"k-\\"12345678\\""}, k-"12345678"', secrets, {
			"x-received": "Bearer top secret",
		});
		expect(outcome).toMatchObject({
			responseBody: 'a ***, {"key":"***"}, ***',
			responseHeaders: { "x-received": "***" },
			responseTruncated: false,
		});
	});

	it.each([
		["Token 0123456789abcdef", "no user has 0123456789abcdef"],
		["ApiKey 0123456789abcdef", "no user has 0123456789abcdef"],
		["Bearer abc/def+ghi/jkl=", String.raw`{"key":"abc\/def+ghi\/jkl="}`],
		["Bearer abc/def+ghi/jkl=", '{"key":"abc/def+ghi/jkl="}'],
	])("of %s is masked in %s", async (value, body) => {
		const { responseBody } = await answered(body, secretsIn({ Authorization: value }));
		expect(responseBody).toBe(body.replace(/(?<=has |key":")[^"]+/, "***"));
	});

	it("is masked in a URL, in HTML, in Base64 and as other libraries write JSON, also without the blanks around it", async () => {
		const value = ` k&y/<12345+6789 !(a)*'="> `;
		const sent = value.trim();
		const secrets = secretsIn({ "X-Api-Key": value });
		const writings = {
			plain: sent,
			uri: encodeURIComponent(sent),
			lower: encodeURIComponent(sent).replace(/%../g, (code) => code.toLowerCase()),
			form: new URLSearchParams({ k: sent }).toString().slice(2).replace("*", "%2A"),
			slashes: encodeURIComponent(sent).replaceAll("%2F", "/"),
			html: "k&amp;y/&lt;12345+6789 !(a)*&#39;=&quot;&gt;",
			go: String.raw`k\u0026y/\u003c12345+6789 !(a)*'=\"\u003e`,
			base64: btoa(sent),
			url: btoa(sent).replaceAll("+", "-").replaceAll("/", "_"),
		};
		for (const [writing, text] of Object.entries(writings)) {
			const { responseBody, responseHeaders } = await answered(`got ${text}.`, secrets, { "x-got": text });
			expect({ responseBody, responseHeaders }, writing).toMatchObject({
				responseBody: "got ***.",
				responseHeaders: { "x-got": "***" },
			});
		}
		for (const before of ["", "x", "xx"]) {
			const { responseBody } = await answered(btoa(`{"${before}":"${value}"}`), secrets);
			const shown = (responseBody ?? "")
				.split("***")
				.map((one) => atob(one.slice(0, one.length - (one.length % 4))));
			expect(shown.join(" "), before).not.toMatch(/12345|6789|\(a\)/);
			expect(shown).toHaveLength(2);
		}
	});

	it("is masked as the user and password that are inside of Basic", async () => {
		const secrets = secretsIn({ Authorization: `Basic ${btoa("leadwire:correct horse")}` });
		const { responseBody } = await answered(
			"leadwire:correct horse is leadwire with correct%20horse",
			secrets,
		);
		expect(responseBody).toBe("*** is leadwire with ***");
	});

	it("is no value of a header that has none by the standard", async () => {
		const secrets = secretsIn({
			Accept: "application/json",
			"accept-language": "de-DE, de",
			"X-A": "12345678",
		});
		const { responseBody, responseHeaders } = await answered("de-DE, de, 12345678", secrets, {
			"content-type": "application/json",
		});
		expect(responseHeaders).toEqual({ "content-type": "application/json" });
		expect(responseBody).toBe("de-DE, de, ***");
	});

	it("leaves no half of it where the body or a header is cut", async () => {
		const secret = "s3cr3t-".repeat(100);
		for (const before of [16_384 - secret.length / 2, 16_380, 64 * 1_024 - 20]) {
			const { responseBody } = await answered("x".repeat(before) + secret, [secret]);
			expect(responseBody).toMatch(/^x+(?:\*{3})?$/);
		}
		// Masked, more of what was read is kept.
		const { responseBody } = await answered(secret.repeat(100), [secret]);
		expect(responseBody).toBe("***".repeat(Math.floor((64 * 1_024) / secret.length)));
		const { responseHeaders } = await answered("", [secret], { "x-received": "x".repeat(1_000) + secret });
		expect(responseHeaders).toMatchObject({ "x-received": `${"x".repeat(1_000)}***` });
	});
});
