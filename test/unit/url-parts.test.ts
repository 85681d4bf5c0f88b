// The parts of a request's URL, found without a `URL`.
import { describe, expect, it } from "vitest";
import { urlParts } from "../../src/gate/request.ts";

describe("the parts of a URL", () => {
	it.each([
		"https://api.example.com/api/v1/leads?limit=20&search=a:b/c#d",
		"https://api.example.com:8443/",
		"http://localhost:8787/api/v1/leads/%2F..?x",
		"http://[::1]:8787/a//b",
		"http://[2001:db8::1]/",
		"http://127.0.0.1",
		"https://xn--bcher-kva.example/%C3%A9?q=https://other.example/",
	])("of %s are those that URL finds", (address) => {
		const { href, protocol, hostname, host, origin, pathname } = new URL(address);
		expect(urlParts(new Request(href).url)).toEqual({ protocol, hostname, host, origin, pathname });
	});
});
