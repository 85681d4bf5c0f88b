// Allowed webhook URLs: single cases.
import { describe, expect, it } from "vitest";
import { targetProblem } from "../../src/delivery/target.ts";
import { insecure, strict } from "./targets.ts";

const IP = "Must name a host by its domain name, not by an IP address.";

const NOT_PUBLIC = "Must name a host on the public internet.";

const NOT_FULL = "Must name a public host by its full domain name.";

const SCHEME = "Must begin with https://.";

const RAW = "Must not contain blanks, control characters or backslashes.";

const USER = "Must not carry a user name or password.";

const PORT = "Must use port 443 or 8443.";

const OWN = "Must not be one of our own hosts.";

const INVALID = "Must be a valid URL.";

const LONG = "Must be at most 2,048 characters.";

it.each([
	"https://example.com",
	"https://hooks.example.com/services/T000/B000?x=1&y=%20#part",
	"https://example.com:443/",
	"https://example.com:8443/in",
	"HTTPS://EXAMPLE.COM/",
	"https://example.com./",
	"https://bücher.example.net/ü",
	"https://a_b-c.example.co.uk/",
	"https://10.0.0.1.example.com/",
	"https://localhost.example.com/",
	"https://mylocalhost.com/",
	"https://internal.example.com/",
	"https://notnip.io/",
	"https://api.leadwire.example.com/",
	"https://sub.api.leadwire.example/",
	"https://example.com/@user",
	"https://example.com/?to=a@b.example",
	"https://example.com/http://127.0.0.1/",
	`https://example.com/${"a".repeat(2_028)}`,
])("%s may be called", (url) => {
	expect(targetProblem(url, strict)).toBeNull();
});

const refused: Record<string, readonly string[]> = {
	[IP]: [
		"https://127.0.0.1/",
		"https://127.1/",
		"https://2130706433/",
		"https://0x7f000001/",
		"https://0x7f.1/",
		"https://0177.0.0.1/",
		"https://017700000001/",
		"https://127.0.0.1./",
		"https://①②⑦.⓪.⓪.①/",
		"https://１２７。０。０。１/",
		"https://%31%32%37%2e%30%2e%30%2e%31/",
		"https://0/",
		"https://0.0.0.0/",
		"https://10.0.0.1/",
		"https://172.16.0.1/",
		"https://192.168.1.1/",
		"https://169.254.169.254/latest/meta-data/",
		"https://100.64.0.1/",
		"https://168.63.129.16/",
		"https://255.255.255.255/",
		"https://8.8.8.8/",
		"https://1.1.1.1:8443/",
		"https://[::1]/",
		"https://[::]/",
		"https://[0:0:0:0:0:0:0:1]/",
		"https://[::ffff:127.0.0.1]/",
		"https://[::ffff:7f00:1]/",
		"https://[::7f00:1]/",
		"https://[64:ff9b::7f00:1]/",
		"https://[2002:7f00:1::]/",
		"https://[2001::1]/",
		"https://[fe80::1]/",
		"https://[fc00::1]/",
		"https://[fec0::1]/",
		"https://[ff02::1]/",
		"https://[100::]/",
		"https://[5f00::]/",
		"https://[2606:4700:4700::1111]/",
	],
	[NOT_PUBLIC]: [
		"https://a.localhost/",
		"https://a.localhost./",
		"https://localhost.localdomain/",
		"https://printer.local/",
		"https://PRINTER.LOCAL./",
		"https://db.internal/",
		"https://metadata.google.internal/computeMetadata/v1/",
		"https://metadata.google.internal./",
		"https://router.home.arpa/",
		"https://home.arpa/",
		"https://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion/",
		"https://metadata.goog/",
		"https://metadata.tencentyun.com/",
		"https://127.0.0.1.nip.io/",
		"https://10-0-0-1.sslip.io/",
		"https://anything.lvh.me/",
	],
	[NOT_FULL]: [
		"https://localhost/",
		"https://LOCALHOST./",
		"https://ⓛocalhost/",
		"https://local\u00ADhost/",
		"https://localhost%2e/",
		"https://intranet/",
		"https://intranet./",
		"https://metadata/",
		"https://h#@127.0.0.1/",
		"https://h/@example.com",
		"https://a..example.com/",
		"https://.example.com/",
		"https://example.com../",
		"https://*.example.com/",
		`https://${"a".repeat(64)}.example.com/`,
		`https://${"a.".repeat(126)}com/`,
	],
	[OWN]: [
		"https://api.leadwire.example/api/v1/leads",
		"https://API.leadwire.example./",
		"https://api.leadwire.example:8443/",
		"https://crm.example.org/",
		"https://crm.example.org.:8443/",
		"https://xn--bcher-kva.example/",
	],
	[USER]: [
		"https://user:password@example.com/",
		"https://good.example@127.0.0.1/",
		"https://@example.com/",
		"https://:@example.com/",
		"https://a@b@example.com/",
		"https://example.com@localhost/",
	],
	[PORT]: [
		"https://example.com:80/",
		"https://example.com:22/",
		"https://example.com:6379/",
		"https://example.com:0/",
		"https://example.com:4433/",
		"https://example.com:65535/",
	],
	[SCHEME]: [
		"",
		"http://example.com/",
		"http://localhost:9000/",
		"http://127.0.0.1/",
		"ftp://example.com/",
		"file:///etc/passwd",
		"data:text/plain,hi",
		"javascript:alert(1)",
		"blob:https://example.com/x",
		"wss://example.com/",
		"//example.com/",
		"example.com",
		"https:example.com",
		"https:/example.com",
		"https:///example.com",
		"https://",
		"https:///",
	],
	[RAW]: [
		" https://example.com/",
		"https://example.com/ ",
		"\thttps://example.com/",
		"https://exam\tple.com/",
		"https://example.com/\r\nX-Evil: 1",
		"https://example.com\\@127.0.0.1/",
		"https:\\\\example.com\\",
		"https://example.com/a b",
		"https://example.com/\0",
		"https://example.com/\u0085",
		"https://example.com/\u00a0",
		"\uFEFFhttps://example.com/",
	],
	[INVALID]: [
		"https://256.256.256.256/",
		"https://example.com:65536/",
		"https://example.com:x/",
		"https://[::1/",
		"https://[fe80::1%25eth0]/",
		"https://exa%00mple.com/",
		"https://1.2.3.4.5/",
		"https://foo.0x7f/",
		"https://exa<mple.com/",
		"https://?",
		"https://#x.example.com",
	],
	[LONG]: [
		`https://example.com/${"a".repeat(2_029)}`,
		// Long as written, short once its dots are resolved.
		`https://example.com/${"a/../".repeat(410)}`,
		// Short as written, too long once its letters are percent-encoded.
		`https://example.com/${"ü".repeat(400)}`,
	],
};

describe.each(Object.entries(refused))("%s", (problem, urls) => {
	it.each(urls)("%j", (url) => {
		expect(targetProblem(url, strict)).toBe(problem);
		// The switch for development opens plain HTTP to this machine and nothing else.
		const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(url);
		if (problem !== OWN) expect(targetProblem(url, insecure) === null).toBe(isLoopback);
	});
});

describe("in development", () => {
	it.each([
		"http://localhost:9000/hook",
		"http://localhost/",
		"http://127.0.0.1:1/",
		"http://127.0.0.1:65535/x?y",
		"HTTP://LOCALHOST:9000",
	])("%s may be called", (url) => {
		expect(targetProblem(url, insecure)).toBeNull();
		expect(targetProblem(url, { ...insecure, allowInsecure: false })).toBe(SCHEME);
	});

	it.each([
		["https://localhost:9000/", PORT],
		["https://localhost/", NOT_FULL],
		["https://127.0.0.1/", IP],
		["http://localhost.:9000/", SCHEME],
		["http://a.localhost:9000/", SCHEME],
		["http://127.0.0.2:9000/", SCHEME],
		["http://[::1]:9000/", SCHEME],
		["http://[::ffff:127.0.0.1]:9000/", SCHEME],
		["http://0.0.0.0:9000/", SCHEME],
		["http://169.254.169.254/", SCHEME],
		["http://example.com/", SCHEME],
		["http://user@localhost:9000/", USER],
		["http://localhost:9000/ ", RAW],
		["http://localhost:8787/api/v1/leads", OWN],
		["http://127.0.0.1:8787/api/v1/leads", OWN],
	])("%s is still refused", (url, problem) => {
		expect(targetProblem(url, insecure)).toBe(problem);
	});

	it("distinguishes a port of our own host from the default one", () => {
		expect(targetProblem("http://localhost/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBe(OWN);
		expect(targetProblem("http://localhost:80/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBe(OWN);
		expect(targetProblem("http://localhost:8080/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBeNull();
	});
});

it("ignores invalid entries in the list of own hosts", () => {
	expect(
		targetProblem("https://example.com/", { ...strict, ownHosts: ["", " ", "::", "a b", "http://"] }),
	).toBeNull();
});
