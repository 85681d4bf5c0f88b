import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerProblem, headerSetProblems, maskHeaders, mergeMasked } from "../../src/delivery/headers.ts";

describe("a custom header", () => {
	it.each([
		["Authorization", "Bearer abc.def"],
		["x-api-key", "k"],
		["X-Team", ""],
		["a", " blanks inside and around "],
		["!#$%&'*+-.^_`|~09azAZ", "~ !"],
		["n".repeat(64), "v".repeat(4_096)],
		["constructor", "x"],
		["Accept", "application/json"],
		["X-Content-Type", "x"],
		["Security", "x"],
		["hosting", "x"],
		["X-Viable", "x"],
		["Webhook", "x"],
	])("may be %s: %s", (name, value) => {
		expect(headerProblem(name, value)).toBeNull();
	});

	it.each([
		"Host",
		"Connection",
		"Keep-Alive",
		"Transfer-Encoding",
		"TE",
		"Trailer",
		"Upgrade",
		"Expect",
		"Date",
		"User-Agent",
		"Cookie",
		"Cookie2",
		"Set-Cookie",
		"HTTP2-Settings",
		"Accept-Encoding",
		"Forwarded",
		"Via",
		"Content-Type",
		"Content-Length",
		"Content-Encoding",
		"content-anything",
		"Proxy-Authorization",
		"Proxy-Connection",
		"Sec-Fetch-Mode",
		"CF-Connecting-IP",
		"cf-ray",
		"X-Forwarded-For",
		"X-Webhook-Signature-256",
		"X-WEBHOOK-ID",
		"webhook-id",
		"Webhook-Signature",
		"__proto__",
	])("may not be %s, in any case", (name) => {
		for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
			expect(headerProblem(spelling, "x"), spelling).toMatch(/set by the sender/);
		}
	});

	it.each([
		"",
		" ",
		"X Team",
		"X-Team:",
		"X-Tëam",
		"X\r\nY",
		"X\0",
		"(x)",
		"x/y",
		'"x"',
		"n".repeat(65),
		"x\u200b",
	])("may not be named %j", (name) => {
		expect(headerProblem(name, "x")).toMatch(/^A header name/);
	});

	it.each(["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\tb", "\x7f", "é", "\u0100", "😀", "v".repeat(4_097)])(
		"may not have the value %j",
		(value) => {
			expect(headerProblem("X-Team", value)).toMatch(/^A header value/);
		},
	);

	it("that passes is taken by the runtime as it stands", () => {
		const text = fc.string({ unit: fc.constantFrom(..."aZ09-_.:!#% \t\r\n\0\x7fé😀") });
		let passed = 0;
		fc.assert(
			fc.property(text, text, (name, value) => {
				if (headerProblem(name, value) !== null) return;
				passed += 1;
				expect([...new Headers([[name, value]])]).toEqual([[name.toLowerCase(), value.trim()]]);
			}),
			{ numRuns: 5_000 },
		);
		expect(passed).toBeGreaterThan(50);
	});
});

describe("a set of headers", () => {
	const many = (count: number) =>
		Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, "v"]));

	it("holds up to twenty", () => {
		expect(headerSetProblems({})).toEqual([]);
		expect(headerSetProblems(many(20))).toEqual([]);
		expect(headerSetProblems(many(21))).toEqual([{ path: "headers", message: "At most 20 headers." }]);
	});

	it("names each header at fault", () => {
		const problems = headerSetProblems({ "X-Ok": "v", Host: "evil.example", "X-Bad": "é" });
		expect(problems.map(({ path }) => path)).toEqual(["headers.Host", "headers.X-Bad"]);
	});

	it("has each name once, whatever the case", () => {
		for (const [first, second] of [
			["X-Team", "x-team"],
			["x-team", "X-Team"],
		] as const) {
			expect(headerSetProblems({ [first]: "a", [second]: "b" })).toEqual([
				{ path: `headers.${second}`, message: "This header is given twice." },
			]);
		}
	});

	it("has no __proto__ of its own", () => {
		const problems = headerSetProblems(JSON.parse('{"__proto__":"x"}'));
		expect(problems.map(({ path }) => path)).toEqual(["headers.__proto__"]);
	});

	it("does not echo a name of any length", () => {
		expect(headerSetProblems({ ["n".repeat(100_000)]: "v" })[0]?.path.length).toBeLessThan(100);
	});
});

describe("reading headers back", () => {
	it("hides the values that let someone in", () => {
		const secret = [
			"Authorization",
			"x-api-key",
			"X-Auth-Token",
			"X-TOKENS",
			"my-secret",
			"KEYCHAIN",
			"Password-Hint",
		];
		const open = ["X-Team", "Accept", "X-Authorization-Kind"];
		const headers = Object.fromEntries([...secret, ...open].map((name) => [name, `value of ${name}`]));
		const masked = maskHeaders(headers);
		expect(Object.keys(masked)).toEqual(Object.keys(headers));
		for (const name of secret) expect(masked[name], name).toBe("***");
		for (const name of open) expect(masked[name], name).toBe(`value of ${name}`);
	});

	it("and sending them in again changes nothing", () => {
		const stored = { Authorization: "Bearer abc", "X-Team": "blue", "X-Key": "***secret" };
		expect(mergeMasked(maskHeaders(stored), stored)).toEqual({ headers: stored, problems: [] });
	});
});

describe("a value of ***", () => {
	it("keeps what is stored under that name in any case, beside what is new and without what is gone", () => {
		const stored = { Authorization: "Bearer abc", "X-Team": "blue", "X-Gone": "1" };
		expect(mergeMasked({ authorization: "***", "X-New": "2", "X-Team": "red" }, stored)).toEqual({
			headers: { authorization: "Bearer abc", "X-New": "2", "X-Team": "red" },
			problems: [],
		});
	});

	it.each([{}, { "X-Other": "1" }])("is a problem where there is nothing to keep: %j", (stored) => {
		expect(mergeMasked({ "X-Key": "***", "X-Team": "red" }, stored).problems).toEqual([
			{ path: "headers.X-Key", message: "There is no stored value to keep." },
		]);
	});

	it("is not taken from what every object inherits", () => {
		expect(mergeMasked({ constructor: "***" }, {}).problems).toHaveLength(1);
	});
});
