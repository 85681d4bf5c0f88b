// Allowed webhook URLs: properties of all inputs.
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { targetProblem } from "../../src/delivery/target.ts";
import { insecure, strict } from "./targets.ts";

describe("whatever is sent in", () => {
	const number = fc.oneof(
		fc.nat(255).map(String),
		fc.nat(255).map((byte) => `0x${byte.toString(16)}`),
		fc.nat(255).map((byte) => `0${byte.toString(8)}`),
		fc.nat(0xffffffff).map(String),
	);
	const dot = fc.constantFrom(".", "。", "．", "%2e");
	const v4 = fc
		.tuple(fc.array(number, { minLength: 1, maxLength: 4 }), dot, fc.constantFrom("", "."))
		.map(([parts, separator, end]) => parts.join(separator) + end);
	const v6 = fc.ipV6().map((address) => `[${address}]`);
	const label = fc.constantFrom(
		"a",
		"example",
		"com",
		"localhost",
		"LOCAL",
		"internal",
		"nip",
		"io",
		"home",
		"arpa",
		"",
	);
	const name = fc
		.tuple(fc.array(label, { maxLength: 4 }), dot)
		.map(([labels, separator]) => labels.join(separator));
	const scheme = fc.constantFrom("https://", "http://", "HTTPS://", "https:/", "ftp://", "");
	const user = fc.constantFrom("", "", "", "u@", "u:p@", "example.com\\@");
	const port = fc.constantFrom("", "", ":443", ":8443", ":80", ":x");
	const path = fc.oneof(fc.constant(""), fc.webPath(), fc.string({ unit: "binary" }));
	const url = fc
		.tuple(scheme, user, fc.oneof(v4, v6, name, fc.domain()), port, path)
		.map((parts) => parts.join(""));

	it("nothing but HTTPS to a public name is ever accepted, in its stored form just the same", () => {
		let accepted = 0;
		fc.assert(
			fc.property(url, (candidate) => {
				if (targetProblem(candidate, strict) !== null) return;
				accepted += 1;
				const { protocol, hostname, port, username, password, href } = new URL(candidate);
				expect(protocol).toBe("https:");
				expect(["", "8443"]).toContain(port);
				expect(username + password).toBe("");
				const bare = hostname.replace(/\.$/, "");
				expect(ipaddr.isValid(bare.replace(/^\[|\]$/g, ""))).toBe(false);
				expect(bare).toMatch(/\./);
				expect(bare).not.toMatch(/(^|\.)(localhost|local|internal|onion|home\.arpa|nip\.io)$/);
				expect(targetProblem(href, strict)).toBeNull();
			}),
			{ numRuns: 10_000 },
		);
		expect(accepted).toBeGreaterThan(200);
	});

	it("plain HTTP is accepted for this machine alone, in development alone", () => {
		fc.assert(
			fc.property(url, (candidate) => {
				if (targetProblem(candidate, insecure) !== null) return;
				const { protocol, hostname } = new URL(candidate);
				if (protocol === "http:") expect(["localhost", "127.0.0.1"]).toContain(hostname);
				else expect(ipaddr.isValid(hostname)).toBe(false);
			}),
			{ numRuns: 10_000 },
		);
	});
});
