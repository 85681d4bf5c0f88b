// The words of runtimes and of Cloudflare's edge, and the codes they stand for.
import { describe, expect, it } from "vitest";
import { FAILURE_CODES, failureCodeOfAnswer, failureCodeOfError } from "../../src/delivery/failure-code.ts";

describe("what was thrown", () => {
	it.each([
		// workerd, in what it throws or logs.
		["Network connection lost.", "connection_failed"],
		["internal error; reference = b8futdi9q8io0sd55ldga4ha", "connection_failed"],
		["DNS lookup failed. host = no-such-host.invalid", "dns_failed"],
		["failed to lookup address information: Name or service not known", "dns_failed"],
		["failed to lookup address information: Temporary failure in name resolution", "dns_failed"],
		["TLS peer's certificate is not trusted; reason = Hostname mismatch", "tls_failed"],
		["TLS handshake failed: invalid peer certificate: Expired", "tls_failed"],
		["TLS handshake failed: Connection reset by peer (os error 104)", "tls_failed"],
		["connect(): Connection refused", "connection_refused"],
		["Connection reset by peer", "connection_reset"],
		["write(): Broken pipe", "connection_reset"],
		["Something else altogether.", "connection_failed"],
		["The host's settlements were lost.", "connection_failed"],
	])("%s is %s", (words, code) => {
		expect(failureCodeOfError(new Error(words))).toBe(code);
	});

	it.each([
		["ENOTFOUND", "dns_failed"],
		["EAI_AGAIN", "dns_failed"],
		["CERT_HAS_EXPIRED", "tls_failed"],
		["ERR_TLS_CERT_ALTNAME_INVALID", "tls_failed"],
		["ECONNREFUSED", "connection_refused"],
		["ECONNRESET", "connection_reset"],
	])("a cause with the code %s is %s, as Node tells it", (code, failure) => {
		const cause = Object.assign(new Error(""), { code });
		expect(failureCodeOfError(new TypeError("fetch failed", { cause }))).toBe(failure);
	});

	it("may be anything", () => {
		const circle = new Error("no words");
		circle.cause = circle;
		for (const thrown of [undefined, null, 1, "x", {}, circle])
			expect(failureCodeOfError(thrown)).toBe("connection_failed");
	});
});

describe("an answer that is no success", () => {
	const told = (status: number, body: string, server = "cloudflare") =>
		failureCodeOfAnswer(status, new Headers({ server }), body);

	it.each([
		[530, "error code: 1016", "dns_failed"],
		[525, "error code: 525", "tls_failed"],
		[526, "error code: 526\n", "tls_failed"],
		[521, "error code: 521", "connection_refused"],
		[522, "error code: 522", "timeout"],
		[524, "error code: 524", "timeout"],
		[520, "error code: 520", "connection_failed"],
		[523, "error code: 523", "connection_failed"],
	])("%i with %j is %s when Cloudflare says so", (status, body, code) => {
		expect(told(status, body)).toBe(code);
		expect(told(status, body, "nginx")).toBe("http_status");
	});

	it.each([
		[530, "error code: 1033"],
		[530, "error code: 521"],
		[530, "<html>error code: 1016</html>"],
		[521, "error code: 1016"],
		[521, "error code: 525"],
		[521, ""],
		[500, "error code: 1016"],
		[403, "error code: 1020"],
	])("%i with %j is the receiver's own", (status, body) => {
		expect(told(status, body)).toBe("http_status");
	});
});

it("has every code once", () => {
	expect(new Set(FAILURE_CODES).size).toBe(FAILURE_CODES.length);
});
